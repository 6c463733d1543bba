using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Parts of a model that training leaves as they are.</summary>
public sealed class FrozenTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_frozen_part_keeps_its_parameters_and_what_lies_around_it_learns()
    {
        (Sequential model, Dense[] layers) = Network();
        layers[1].Frozen = true;
        Value[] before = Values(model);
        Trainer trainer = Train(model, new L2(0.1));
        bool[] moved = [.. model.Parameters.Zip(before, (parameter, value) => !parameter.Value.BitEquals(value))];
        Assert.Equal([true, true, false, false, true, true], moved);
        // Neither its gradients nor its moments are computed.
        Assert.DoesNotContain(trainer.Parameters, parameter => parameter.Name.Contains("dense2.weight", StringComparison.Ordinal) && parameter.Role == ParameterRole.State);

        layers[1].Frozen = false;
        before = Values(model);
        Train(model, new L2(0.1));
        Assert.All(model.Parameters.Zip(before), pair => Assert.False(pair.First.Value.BitEquals(pair.Second), pair.First.Name));
    }

    /// <summary>With all but the last layer frozen, the head learns as on the features alone.</summary>
    [Fact]
    public void A_head_on_a_frozen_trunk_learns_what_it_would_on_the_features()
    {
        (Sequential model, Dense[] layers) = Network();
        (_, Dense[] others) = Network();
        var trunk = new Sequential(others[0], others[1]);
        Value features = trunk.Predict(Data());
        layers[0].Frozen = layers[1].Frozen = true;
        Train(model);
        Dataset given = Dataset.FromTargets(features.ToArray<float>(), [5], Data().Targets.ToArray(), [1]);
        new Trainer { Model = others[2], Loss = new MeanSquaredError(), Optimizer = new Adam { LearningRate = 0.05 }, Execution = new ExecutionOptions { Threads = 1 } }
            .Fit(given, new() { Epochs = 3, BatchSize = 8 }, Token);
        Run.Close(Run.Numbers(others[2].Weight.Value), Run.Numbers(layers[2].Weight.Value), 1e-5);
    }

    [Fact]
    public void The_norm_of_a_frozen_part_does_not_count()
    {
        (Sequential model, Dense[] layers) = Network();
        double all = Penalty();
        layers[0].Frozen = true;
        Assert.Equal(all - layers[0].Weight.Value.ToArray<float>().Sum(w => 0.5 * 0.1 * w * w), Penalty(), 1e-6);

        double Penalty()
        {
            var trainer = new Trainer { Model = model, Loss = new MeanSquaredError(), Optimizer = new Sgd { LearningRate = 0 }, Regularizers = [new L2(0.1)] };
            EpochRecord only = trainer.Fit(Data(), new() { Epochs = 1, BatchSize = 24 }, Token).Epochs[0];
            return only.Objective - only.Loss;
        }
    }

    /// <summary>As it serves: running statistics stay, and the batch of the moment has no say. Around it another one goes on.</summary>
    [Fact]
    public void Frozen_batch_normalization_is_that_of_inference()
    {
        BatchNormalization kept = new(3) { Name = "kept" }, learned = new(3) { Name = "learned" };
        var model = new Sequential(new Dense(4, 3, new RandomSource(1)) { UseBias = false }, new Sequential(kept) { Frozen = true }, learned, new Dense(3, 1, new RandomSource(2)));
        Value input = Value.Of([.. Enumerable.Range(0, 12).Select(i => (float)Math.Sin(i))], 3, 4);
        var context = new ForwardContext(Mode.Training);
        model.Forward(Variable.Of(input), context);
        Assert.All(context.Updates, update => Assert.StartsWith("learned", update.Parameter.Name, StringComparison.Ordinal));
        Assert.NotEmpty(context.Updates);
        Value[] before = Values(model);
        Train(model);
        Assert.All(model.Parameters.Zip(before), pair => Assert.Equal(pair.First.Name.Contains("kept", StringComparison.Ordinal), pair.First.Value.BitEquals(pair.Second)));
    }

    /// <summary>An imported computation that is frozen keeps all it has, statistics of batch normalizations among it.</summary>
    [Fact]
    public void Frozen_computations_keep_their_statistics()
    {
        Signature trained = new Sequential(new Dense(4, 3, new RandomSource(1)) { UseBias = false }, new BatchNormalization(3)).InferenceFor([4]);
        foreach (bool frozen in new[] { true, false })
        {
            var model = new Sequential(new SignatureModel(trained) { Frozen = frozen }, new Dense(3, 1, new RandomSource(2)) { Name = "head" });
            Value[] before = Values(model);
            Train(model);
            Assert.Equal(frozen ? 2 : model.Parameters.Count, model.Parameters.Zip(before).Count(pair => !pair.First.Value.BitEquals(pair.Second)));
        }
    }

    [Fact]
    public void A_model_of_which_nothing_learns_is_refused()
    {
        (Sequential model, _) = Network();
        model.Frozen = true;
        Assert.Contains("something learns, found Sequential, all of which is Frozen", Assert.Throws<GraphException>(() => Train(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_summary_tells_what_is_frozen()
    {
        (Sequential model, Dense[] layers) = Network();
        layers[0].Frozen = true;
        Assert.EndsWith("36 parameters are learned, 25 are frozen.", model.Summary([4]), StringComparison.Ordinal);
    }

    private static (Sequential Model, Dense[] Layers) Network()
    {
        var random = new RandomSource(3);
        Dense[] layers = [new Dense(4, 5, random) { Activation = Ops.Tanh }, new Dense(5, 5, random) { Activation = Ops.Tanh }, new Dense(5, 1, random)];
        return (new Sequential(layers), layers);
    }

    private static Value[] Values(Model model) => [.. model.Parameters.Select(parameter => parameter.Value.Clone())];

    private static Trainer Train(Model model, params Regularizer[] regularizers)
    {
        var trainer = new Trainer
        {
            Model = model,
            Loss = new MeanSquaredError(),
            Optimizer = new Adam { LearningRate = 0.05 },
            Regularizers = regularizers,
            Execution = new ExecutionOptions { Threads = 1 },
        };
        trainer.Fit(Data(), new() { Epochs = 3, BatchSize = 8 }, Token);
        return trainer;
    }

    private static Dataset Data()
    {
        float[] x = [.. Enumerable.Range(0, 24 * 4).Select(i => (float)Math.Sin((1.7 * i) + (0.01 * i * i)))];
        return Dataset.FromTargets(x, [4], [.. x.Chunk(4).Select(row => row[0] - (2 * row[1] * row[2]))], [1]);
    }
}
