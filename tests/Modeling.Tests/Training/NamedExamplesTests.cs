using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Trainings of models with several named inputs and outputs.</summary>
public sealed class NamedExamplesTests
{
    private const int Count = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_loss_and_metric_reads_its_names()
    {
        Dataset data = Data(weights: true);
        Trainer trainer = Trainer();
        trainer.Fit(data, new() { Epochs = 3, BatchSize = 16 }, Token);
        IReadOnlyDictionary<string, Value> found = trainer.Model.PredictAll(data);
        double[] price = Run.Numbers(found["price"]), scores = Run.Numbers(found["kind"]);
        (double[] wantedPrice, double[] kinds, double[] importance, double[] weight) = (Of("price"), Of("kind"), Of("importance"), Of("weight"));
        double huber = 0, absolute = 0, nats = 0, right = 0, all = 0, important = 0;
        for (int i = 0; i < Count; i++)
        {
            double error = Math.Abs(price[i] - wantedPrice[i]);
            huber += weight[i] * importance[i] * (error <= 1 ? 0.5 * error * error : error - 0.5);
            absolute += weight[i] * error;
            important += weight[i] * importance[i];
            double[] z = scores[(3 * i)..((3 * i) + 3)];
            nats += weight[i] * (Math.Log(z.Sum(Math.Exp)) - z[(int)kinds[i]]);
            right += weight[i] * (Array.IndexOf(z, z.Max()) == kinds[i] ? 1 : 0);
            all += weight[i];
        }

        Evaluation evaluation = trainer.Evaluate(data, batchSize: 7);
        Assert.Equal((huber / important) + (0.3 * nats / all), evaluation.Loss, 1e-5);
        Assert.Equal(absolute / all, evaluation["price mean absolute error"], 1e-5);
        Assert.Equal(right / all, evaluation["kind accuracy"], 1e-5);
        // A metric that is no mean does not depend on the size of batches either.
        Assert.Equal(trainer.Evaluate(data, batchSize: 50)["kind f1"], evaluation["kind f1"], 1e-12);
        Assert.InRange(evaluation["kind f1"], 0.1, 1.0);

        double[] Of(string name) => Run.Numbers(data.Batches(new() { Size = Count }).First()[name]);
    }

    [Fact]
    public void It_learns_and_says_what_it_reads()
    {
        Trainer trainer = Trainer();
        History history = trainer.Fit(Data(), new() { Epochs = 60, BatchSize = 10 }, Token);
        Assert.True(history.Epochs[^1].Loss < 0.3 * history.Epochs[0].Loss, $"{history.Epochs[0].Loss} → {history.Epochs[^1].Loss}");
        Assert.True(history.Epochs[^1].Metrics["kind f1"] > 0.9);
        Assert.Equal(["place", "numbers"], trainer.Model.InputFields!.Select(field => field.Name));
        Assert.Equal(["place:Int64[batch]", "numbers:Float32[batch, 2]"], trainer.Model.Inference.Inputs.Select(input => input.ToString()));
        Assert.Equal(["place", "numbers", "price", "kind", "importance"], trainer.TrainingStep.Inputs.Select(input => input.Name));
        Assert.True(double.IsFinite(trainer.Diagnose(Data()).GradientNorm));
        var withoutTargets = Dataset.Of([.. Data().Columns.Take(2)]);
        Assert.True(trainer.Model.PredictAll(Data())["kind"].BitEquals(trainer.Model.PredictAll(withoutTargets)["kind"]));
    }

    [Fact]
    public void An_interrupted_training_goes_on_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("training");
        var options = new FitOptions { Epochs = 3, BatchSize = 8, Seed = 5 };
        Trainer whole = Trainer();
        History expected = whole.Fit(Data(), options, Token);
        Trainer first = Trainer();
        first.Fit(Data(), options with { Steps = 10 }, Token);
        Checkpoint.Save(file, first);
        Trainer second = Trainer();
        Checkpoint.Load(file, second);
        History found = second.Fit(Data(), options, Token);
        Assert.All(whole.Parameters.Zip(second.Parameters), pair => Assert.True(pair.First.Value.BitEquals(pair.Second.Value), pair.First.Name));
        Assert.Equal(expected.Epochs.Select(epoch => epoch.Metrics["kind f1"]), found.Epochs.Select(epoch => epoch.Metrics["kind f1"]));
        Trainer fewer = Trainer([new Accuracy().On("kind"), new MeanAbsoluteError().On("price")]);
        Assert.Contains("other metrics", Assert.Throws<CheckpointException>(() => Checkpoint.Load(file, fewer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_do_not_fit_are_refused()
    {
        Says<GraphException>("reads \"unread\"", () => Trainer().Fit(Dataset.Of([.. Data().Columns, Column.Of("unread", new float[Count])])));
        Says<GraphException>("an output of the model", () => Trainer(loss: new MeanSquaredError().On("cost")).Fit(Data()));
        Says<GraphException>("a field of the examples", () => Trainer(loss: new MeanSquaredError { Output = "price", Target = "cost" }).Fit(Data()));
        Says<GraphException>("a field of weights", () => Trainer(loss: new MeanSquaredError().On("price", "mass")).Fit(Data()));
        Says<DTypeException>("weight of real numbers", () => Trainer(loss: new MeanSquaredError().On("price", "kind")).Fit(Data()));
        Says<GraphException>("one field that no loss", () => new Trainer
        {
            Model = new Dense(2, 1, new RandomSource(1)),
            Loss = new MeanSquaredError { Target = "price" },
            Optimizer = new Sgd(),
        }.Fit(Data()));
        Says<ShapeException>("4 classes", () => Trainer().Fit(Dataset.Of([.. Data().Columns.Where(c => c.Field.Name != "kind"), Column.Labels("kind", new long[Count], 4)])));

        static void Says<T>(string part, Func<object> act)
            where T : Exception => Assert.Contains(part, Assert.ThrowsAny<T>(act).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_reads_the_field_that_nothing_else_reads()
    {
        Dataset data = Dataset.Of(Column.Of("ids", [0L, 1, 2, 1, 0, 2]), Column.Labels("kind", [2, 0, 1, 0, 2, 1], 3));
        var trainer = new Trainer
        {
            Model = new Embedding(3, 3, new RandomSource(1)),
            Loss = new SoftmaxCrossEntropy { Target = "kind" },
            Optimizer = new Adam { LearningRate = 0.1 },
            Metrics = [new Accuracy { Target = "kind" }],
        };
        Assert.Equal(1.0, trainer.Fit(data, new() { Epochs = 50 }, Token).Epochs[^1].Metrics["accuracy"]);
        Assert.Equal("ids:Int64[batch]", Assert.Single(trainer.Model.Inference.Inputs).ToString());
        Assert.Equal([6, 3], trainer.Model.Predict(data).Sizes.ToArray());
    }

    /// <summary>price = place + x₀ − x₁, kind = the greatest of x₀, x₁ and 0.3.</summary>
    private static Dataset Data(bool weights = false)
    {
        var random = new RandomSource(7);
        long[] place = [.. Enumerable.Range(0, Count).Select(i => i % 4L)];
        float[] x = [.. Enumerable.Range(0, 2 * Count).Select(_ => (float)random.NextNormal())];
        float[] price = [.. place.Select((p, i) => p + x[2 * i] - x[(2 * i) + 1])];
        long[] kind = [.. place.Select((_, i) => x[2 * i] > Math.Max(x[(2 * i) + 1], 0.3) ? 0L : x[(2 * i) + 1] > 0.3 ? 1 : 2)];
        Column[] columns =
        [
            Column.Of("place", place), Column.Of("numbers", x, 2), Column.Of("price", price), Column.Labels("kind", kind, 3),
            Column.Of("importance", [.. place.Select(p => 0.5f * p)]),
        ];
        return Dataset.Of(weights ? [.. columns, Column.Of("weight", [.. place.Select((_, i) => (i % 3) + 0.5f)])] : columns);
    }

    private static Trainer Trainer(IReadOnlyList<Metric>? metrics = null, Loss? loss = null) => new()
    {
        Model = new Listing(new RandomSource(3)),
        Loss = loss ?? (new Huber().On("price", weight: "importance") + (0.3 * new SoftmaxCrossEntropy().On("kind"))),
        Optimizer = new Adam { LearningRate = 0.02 },
        Metrics = metrics ?? [new MeanAbsoluteError().On("price"), new Accuracy().On("kind"), new F1().On("kind")],
        Execution = new ExecutionOptions { Threads = 1 },
    };

    private sealed class Listing(RandomSource random) : Model
    {
        private readonly Embedding place = new(4, 2, random);
        private readonly Dense trunk = new(4, 16, random) { Activation = Ops.Tanh }, price = new(16, 1, random), kind = new(16, 3, random);

        public override IReadOnlyList<Model> Children => [place, trunk, price, kind];

        protected override Named Build(Named inputs, ForwardContext context)
        {
            Variable shared = trunk.Forward(Ops.Concat(1, place.Forward(inputs["place"], context), inputs["numbers"]), context);
            return new Named(("price", price.Forward(shared, context)), ("kind", kind.Forward(shared, context)));
        }
    }
}
