using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Manifolds;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Manifolds;

/// <summary>Contractive autoencoders and the manifold tangent classifier (book section 7.14).</summary>
public sealed class ManifoldTangentsTests
{
    private const int Pixels = 20;

    /// <summary>A layer of sigmoid units has the Jacobian diag(h(1 − h))Wᵀ: its singular vectors, for all features and for few directions of many.</summary>
    [Theory]
    [InlineData(6, 3, 5, 4, 1e-4)]
    [InlineData(30, 2, 6, 12, 2e-3)]
    public void Tangents_are_the_singular_vectors_of_the_jacobian(int inputs, int count, int extra, int rounds, double tolerance)
    {
        var random = new RandomSource(3);
        var encoder = new Dense(inputs, 8, random) { Activation = Ops.Sigmoid, WeightInitializer = new Toolkit.Modeling.Initializers.Normal(1) };
        var x = new float[4 * inputs];
        random.FillNormal(x, 0, 0.4);
        ManifoldTangents tangents = ManifoldTangents.Of(encoder, Dataset.FromTargets(x, [inputs], new float[4], [1]), count, extra, rounds);
        double[] h = Run.Numbers(Run.Forward(encoder, Mode.Inference, x, 4, inputs)), w = Run.Numbers(encoder.Weight.Variable);
        for (int i = 0; i < 4; i++)
        {
            double[][] columns = [.. Enumerable.Range(0, inputs).Select(j => Enumerable.Range(0, 8)
                .Select(unit => h[(i * 8) + unit] * (1 - h[(i * 8) + unit]) * w[(j * 8) + unit]).ToArray())];
            (_, double[] s, double[][] v) = SingularValues.Of(columns);
            for (int k = 0; k < count; k++)
            {
                Assert.Equal(s[k], tangents.SingularValues.Span[(i * count) + k], tolerance * s[0]);
                double[] found = Tangent(tangents, i, k);
                Assert.Equal(1.0, Math.Abs(v[k].Zip(found, (a, b) => a * b).Sum()), tolerance);
            }
        }
    }

    [Fact]
    public void An_encoder_without_finite_derivatives_is_refused()
    {
        var encoder = new Sequential(new Activation(x => (0.0 * x).Sqrt()), new Dense(3, 2, new RandomSource(1)));
        var error = Assert.Throws<InvalidOperationException>(() => ManifoldTangents.Of(encoder, Dataset.FromLabels([1, 2, 3, 4, 5, 6], [3], [0, 1], 2), 2));
        Assert.Contains("NaN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Examples_with_tangents_give_tangent_prop_its_directions()
    {
        Dataset data = Dataset.FromLabels([1, 2, 3, 4, 5, 6], [3], [0, 1], 2);
        var encoder = new Dense(3, 4, new RandomSource(1)) { Activation = Ops.Tanh };
        ManifoldTangents tangents = ManifoldTangents.Of(encoder, data, 2);
        Dataset attached = TangentData.Attach(data, tangents);
        Assert.Equal("tangents: Float32 [2, 3]", attached.Layout.Fields[^1].ToString());
        Batch batch = attached.Batches(new() { Size = 2 }).First();
        Run.Close([.. Tangent(tangents, 1, 0), .. Tangent(tangents, 1, 1)], Run.Numbers(batch["tangents"])[6..], 1e-7);
        var model = new Dense(3, 2, new RandomSource(2));
        var examples = new ExampleSymbols(new Named([.. attached.Layout.Fields.Select(field => (field.Name, Variable.Of(batch[field.Name].Clone())))]));
        Objective objective = new(model, new SoftmaxCrossEntropy(), examples, ["input"], new ForwardContext(Mode.Training));
        double[] w = Run.Numbers(model.Parameters[0].Variable);
        double expected = 0;
        for (int i = 0; i < 2; i++)
        {
            for (int k = 0; k < 2; k++)
                expected += Enumerable.Range(0, 2).Sum(o => Math.Pow(Tangent(tangents, i, k).Select((t, j) => t * w[(j * 2) + o]).Sum(), 2)) / 2;
        }

        Assert.Equal(0.3 * expected, Run.Number(new TangentProp(0.3, "tangents").Penalty(objective)), 1e-5);
        Assert.Contains("found those of 2", Assert.Throws<ArgumentException>(() => TangentData.Attach(data.Take(1), tangents)).Message, StringComparison.Ordinal);
        Assert.Contains("\"target\" of shape [batch, tangents, 3], found [2]", Assert.Throws<ShapeException>(() => new TangentProp(0.3, "target").Penalty(objective)).Message, StringComparison.Ordinal);
        Assert.Contains("no \"other\"", Assert.Throws<GraphException>(() => new TangentProp(0.3, "other").Penalty(objective)).Message, StringComparison.Ordinal);
        Assert.Contains("found 4", Assert.Throws<ArgumentOutOfRangeException>(() => ManifoldTangents.Of(encoder, data, 4)).Message, StringComparison.Ordinal);
    }

    /// <summary>Only what learns from the tangents needs them: predictions, evaluations and validation do not.</summary>
    [Fact]
    public void Examples_without_tangents_are_evaluated()
    {
        Dataset data = Dataset.FromLabels([1, 2, 3, 4, 5, 6, 0, 1, 0], [3], [0, 1, 1], 2), attached = TangentData.Attach(data, ManifoldTangents.Of(new Dense(3, 4, new RandomSource(1)), data, 2));
        Trainer trainer = Train(attached, data);
        Assert.Equal(["input", "target", "tangents"], trainer.TrainingStep.Inputs.Select(input => input.Name));
        Assert.Equal(["input", "target"], trainer.EvaluationStep.Inputs.Select(input => input.Name));
        Assert.Equal(trainer.Evaluate(attached).Loss, trainer.Evaluate(data).Loss);
        Assert.Equal("input", Assert.Single(trainer.Model.Inference.Inputs).Name);
        Assert.Contains("tangents", Assert.Throws<ShapeException>(() => trainer.Fit(data, null, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Contains("found (tangents", Assert.Throws<ShapeException>(() => trainer.Evaluate(Dataset.Of(attached.Columns[^1]))).Message, StringComparison.Ordinal);

        static Trainer Train(Dataset data, Dataset validation)
        {
            var trainer = new Trainer
            {
                Model = new Dense(3, 2, new RandomSource(2)),
                Loss = new SoftmaxCrossEntropy(),
                Optimizer = new Adam(),
                Regularizers = [new TangentProp(0.1, "tangents")],
            };
            Assert.Equal(2, trainer.Fit(data, new() { Epochs = 2, Validation = validation }, TestContext.Current.CancellationToken).Epochs.Count);
            return trainer;
        }
    }

    [Fact]
    public void A_decoder_on_the_weights_of_the_encoder_adds_its_gradient_to_theirs()
    {
        var encoder = new Dense(3, 2, new RandomSource(4)) { Activation = Ops.Sigmoid };
        var model = new Autoencoder(encoder, new TransposedDense(encoder));
        Assert.Equal(["dense1.weight", "dense1.bias", "transposed1.bias"], model.Parameters.Select(p => p.Name));
        Assert.Equal("dense1", model.CodeName);
        float[] x = [0.2f, -0.5f, 1];
        double[] h = Run.Numbers(Run.Forward(encoder, Mode.Inference, x, 1, 3)), w = Run.Numbers(encoder.Weight.Variable);
        Run.Close([.. Enumerable.Range(0, 3).Select(j => (h[0] * w[2 * j]) + (h[1] * w[(2 * j) + 1]))], Run.Numbers(Run.Forward(model, Mode.Training, x, 1, 3)), 1e-6);
        Assert.Contains("found [1, 2]", Assert.Throws<ShapeException>(
            () => Run.Forward(new Autoencoder(new Dense(3, 2, new RandomSource(1)), new Dense(2, 2, new RandomSource(1))), Mode.Training, x, 1, 3)).Message, StringComparison.Ordinal);
    }

    /// <summary>Signals that differ by where they stand: the one direction in which neighbours differ is the derivative of the shift.</summary>
    [Fact]
    public void A_contractive_autoencoder_learns_the_tangent_of_shifts_and_the_classifier_gains_by_it()
    {
        var random = new RandomSource(6);
        (Dataset all, _) = Signals(200, random);
        (Dataset labelled, double[] places) = Signals(12, random);
        (Dataset test, _) = Signals(1000, random);
        double with = 0, without = 0, inside = 0;
        for (ulong seed = 0; seed < 2; seed++)
        {
            TrainedTangentClassifier trained = Train(all, labelled, 1, seed);
            with += Error(trained.Classifier, test) / 2;
            without += Error(Train(all, labelled, 0, seed).Classifier, test) / 2;
            inside += Enumerable.Range(0, labelled.Count).Average(i => Inside(trained.Tangents, i, Shift(labelled.Labels.Span[i], places[i]))) / 2;
        }

        // Of a direction at random, the square root of 4/20 would lie within.
        Assert.True(inside > 0.8, $"{inside} of the shift lies within the tangents, error with tangents {with}, without {without}");
        Assert.True(with < 0.7 * without, $"{inside} of the shift lies within the tangents, error with tangents {with}, without {without}");
    }

    private static TrainedTangentClassifier Train(Dataset all, Dataset labelled, double strength, ulong seed) => new ManifoldTangentClassifier
    {
        Autoencoder = random =>
        {
            var encoder = new Dense(Pixels, 30, random) { Activation = Ops.Sigmoid };
            return new Autoencoder(encoder, new TransposedDense(encoder));
        },
        Top = random => new Dense(30, 2, random),
        Contraction = 1e-4,
        Projections = 2,
        Tangents = 4,
        TangentStrength = strength,
        ReconstructionOptimizer = new Adam { LearningRate = 0.01 },
        Optimizer = new Adam { LearningRate = 0.01 },
        Execution = new() { Threads = 1 },
        Seed = seed,
    }.Fit(all, labelled, new() { Epochs = 300, BatchSize = 200 }, new() { Epochs = 300, BatchSize = 12 }, TestContext.Current.CancellationToken);

    private static double Error(Module model, Dataset test) =>
        1 - new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd(), Metrics = [new Accuracy()] }.Evaluate(test)[new Accuracy().Name];

    /// <summary>A bump, or a bump with a dent, at a random place, with a little noise.</summary>
    private static (Dataset Data, double[] Places) Signals(int count, RandomSource random)
    {
        var x = new float[count * Pixels];
        double[] places = [.. Enumerable.Range(0, count).Select(_ => random.NextUniform(5, 15))];
        for (int i = 0; i < x.Length; i++)
            x[i] = (float)(Signal(i / Pixels % 2, (i % Pixels) - places[i / Pixels]) + (0.02 * random.NextNormal()));
        return (Dataset.FromLabels(x, [Pixels], [.. Enumerable.Range(0, count).Select(i => (long)(i % 2))], 2), places);
    }

    private static double Signal(long label, double at) => label == 0 ? Math.Exp(-0.5 * at * at / 4) : (at * at / 4 * Math.Exp(-0.5 * at * at / 4)) + (0.3 * Math.Exp(-0.5 * at * at / 4));

    private static double[] Shift(long label, double place) =>
        [.. Enumerable.Range(0, Pixels).Select(j => Signal(label, j - place + 0.01) - Signal(label, j - place - 0.01))];

    /// <summary>The share of the length of a direction that lies within the tangents of an example.</summary>
    private static double Inside(ManifoldTangents tangents, int example, double[] direction) =>
        Math.Sqrt(Enumerable.Range(0, tangents.Count).Sum(k => Math.Pow(Tangent(tangents, example, k).Zip(direction, (p, q) => p * q).Sum(), 2)) / direction.Sum(v => v * v));

    private static double[] Tangent(ManifoldTangents tangents, int example, int k) =>
        [.. tangents.Vectors.Span.Slice(((example * tangents.Count) + k) * tangents.Length, tangents.Length).ToArray().Select(v => (double)v)];
}
