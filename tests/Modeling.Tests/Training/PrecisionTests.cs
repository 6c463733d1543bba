using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Trainings in numbers of other types than float32.</summary>
public sealed class PrecisionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TrainingPrecision.Float32, DType.Float32)]
    [InlineData(TrainingPrecision.BFloat16, DType.BFloat16)]
    [InlineData(TrainingPrecision.Float16, DType.Float16)]
    [InlineData(TrainingPrecision.Float64, DType.Float64)]
    public void Products_have_the_type_and_parameters_keep_theirs(TrainingPrecision precision, DType type)
    {
        Trainer trainer = Digits(precision);
        trainer.Prepare(GeneratedDigits.Create(10, seed: 1).Reshape(784).Layout);
        foreach (Signature signature in new[] { trainer.TrainingStep, trainer.EvaluationStep })
        {
            Node[] products = [.. signature.Nodes.Where(node => node.Operation is MatMul)];
            Assert.NotEmpty(products);
            Assert.All(products, node => Assert.Equal(type, node.Outputs[0].DType));

            // Learning rates are float64 in any case.
            Assert.All(signature.Outputs.Where(output => output.Name != "learning_rate"), output => Assert.Equal(DType.Float32, output.Variable.DType));
        }

        Assert.All(trainer.Model.Parameters.Where(p => p.Role != ParameterRole.State), p => Assert.Equal(DType.Float32, p.DType));
        Assert.All(trainer.TrainingStep.Updates, update => Assert.Equal(update.Parameter.DType, update.NewValue.DType));
    }

    /// <summary>What is computed from products element by element has their type as well, and so have recurrent layers.</summary>
    [Theory]
    [InlineData(TrainingPrecision.BFloat16, DType.BFloat16)]
    [InlineData(TrainingPrecision.Float16, DType.Float16)]
    [InlineData(TrainingPrecision.Float64, DType.Float64)]
    public void Activations_and_recurrent_layers_have_the_type(TrainingPrecision precision, DType type)
    {
        var random = new RandomSource(1);
        var trainer = new Trainer
        {
            Model = new Sequential(
                new Lstm(4, 3, random) { LastOnly = true }, new Dense(3, 5, random) { Activation = Ops.Relu }, new LayerNormalization(5), new Dense(5, 2, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Sgd(),
            Precision = precision,
        };
        trainer.Prepare(DataLayout.Labels([6, 4], 2));
        Node[] nodes = [.. trainer.EvaluationStep.Nodes.Where(node =>
            node.Operation is Autograd.Operations.Recurrent.LSTM or Autograd.Operations.Elementwise.Relu or Autograd.Operations.Normalization.LayerNormalization)];
        Assert.Equal(["LSTM", "Relu", "LayerNormalization"], nodes.Select(node => node.Operation.Name));
        Assert.All(nodes, node => Assert.Equal(type, node.Outputs[0].DType));
    }

    [Fact]
    public void Digits_are_learned_as_well_in_every_precision()
    {
        Dataset train = GeneratedDigits.Create(2000, seed: 1).Reshape(784), test = GeneratedDigits.Create(1000, seed: 2).Reshape(784);
        // One seed has a standard error of a point.
        double[] accuracies = [.. Enum.GetValues<TrainingPrecision>().Select(precision => Enumerable.Range(1, 3).Average(seed =>
        {
            Trainer trainer = Digits(precision, seed);
            trainer.Fit(train, new() { Epochs = 8, BatchSize = 64, Seed = (ulong)seed }, Token);
            return trainer.Evaluate(test)["accuracy"];
        }))];
        Assert.True(accuracies[0] > 0.85, $"found {accuracies[0]}");
        Assert.All(accuracies, accuracy => Assert.InRange(accuracy, accuracies[0] - 0.01, accuracies[0] + 0.01));
    }

    /// <summary>Gradients of 10⁻⁹ are 0 in float16; scaled they are not, and the step is that of float32.</summary>
    [Fact]
    public void Small_gradients_survive_in_float16()
    {
        Dataset data = Lines();
        double[] Step(TrainingPrecision precision)
        {
            var trainer = new Trainer
            {
                Model = new Dense(2, 1, new RandomSource(1)),
                Loss = 1e-9 * new MeanSquaredError(),
                Optimizer = new Sgd { LearningRate = 1e8 },
                Precision = precision,
                Execution = new ExecutionOptions { Threads = 1 },
            };
            trainer.Fit(data, new() { Epochs = 1, BatchSize = data.Count }, Token);
            return [.. trainer.Model.Parameters.SelectMany(p => Run.Numbers(p.Value))];
        }

        double[] before = [.. new Dense(2, 1, new RandomSource(1)).Parameters.SelectMany(p => Run.Numbers(p.Value))];
        double[] expected = Step(TrainingPrecision.Float32), found = Step(TrainingPrecision.Float16);
        Assert.True(before.Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.05);
        Run.Close(expected, found, 5e-3);
    }

    /// <summary>A step whose gradients overflow changes nothing but the scale, which falls until they fit; then training goes on.</summary>
    [Fact]
    public void Steps_that_overflow_are_passed_over()
    {
        Dataset data = Lines();
        var trainer = new Trainer
        {
            Model = new Dense(2, 1, new RandomSource(1)),
            Loss = 100 * new MeanSquaredError(),
            Optimizer = new Sgd { LearningRate = 1e-3 },
            Precision = TrainingPrecision.Float16,
            Execution = new ExecutionOptions { Threads = 1 },
        };
        double[] before = [.. new Dense(2, 1, new RandomSource(1)).Parameters.SelectMany(p => Run.Numbers(p.Value))];
        trainer.Fit(data, new() { Epochs = 1, BatchSize = data.Count }, Token);
        Assert.Equal(before, trainer.Model.Parameters.SelectMany(p => Run.Numbers(p.Value)));
        Assert.Equal(32768.0, Run.Number(trainer.Parameters.Single(p => p.Name == "optimizer.loss_scale")));
        History history = trainer.Fit(data, new() { Epochs = 60, BatchSize = data.Count }, Token);
        Assert.Equal(StopReason.Completed, history.StopReason);
        Assert.True(history.Epochs[^1].Loss < 0.1 * history.Epochs[0].Loss, $"found {history.Epochs[0].Loss} and {history.Epochs[^1].Loss}");
    }

    /// <summary>Gradients of one sign overflow to one infinity.</summary>
    [Theory]
    [InlineData(100f)]
    [InlineData(-100f)]
    public void Steps_that_overflow_to_either_side_are_passed_over(float target)
    {
        var data = Dataset.FromTargets([.. Enumerable.Repeat(1f, 8)], [2], [.. Enumerable.Repeat(target, 4)], [1]);
        var trainer = new Trainer
        {
            Model = new Dense(2, 1, new RandomSource(1)),
            Loss = 100 * new MeanSquaredError(),
            Optimizer = new Sgd { LearningRate = 1e-6 },
            Precision = TrainingPrecision.Float16,
            Execution = new ExecutionOptions { Threads = 1 },
        };
        double[] before = [.. new Dense(2, 1, new RandomSource(1)).Parameters.SelectMany(p => Run.Numbers(p.Value))];
        trainer.Fit(data, new() { Epochs = 1, BatchSize = 4 }, Token);
        Assert.Equal(before, trainer.Model.Parameters.SelectMany(p => Run.Numbers(p.Value)));
        Assert.Equal(32768.0, Run.Number(trainer.Parameters.Single(p => p.Name == "optimizer.loss_scale")));
    }

    /// <summary>That holds for states that take the value of another parameter, or the same value as another, too.</summary>
    [Fact]
    public void A_step_that_overflows_changes_nothing_that_an_optimizer_remembers()
    {
        Dataset data = Lines();
        var trainer = new Trainer
        {
            Model = new Dense(2, 1, new RandomSource(1)),
            Loss = 100 * new MeanSquaredError(),
            Optimizer = new Remembering(),
            Precision = TrainingPrecision.Float16,
            Execution = new ExecutionOptions { Threads = 1 },
        };
        trainer.Fit(data, new() { Epochs = 1, BatchSize = data.Count }, Token);
        double[] Of(string name) => Run.Numbers(trainer.Parameters.Single(p => p.Name == name).Value);
        Assert.Equal([0, 0], Of("optimizer.before.weight"));
        Assert.Equal([0, 0], Of("optimizer.after.weight"));
        trainer.Fit(data, new() { Epochs = 30, BatchSize = data.Count }, Token);
        Assert.Equal(Of("weight"), Of("optimizer.after.weight"));
        Assert.NotEqual([0, 0], Of("optimizer.before.weight"));
    }

    private sealed record Remembering : Optimizer
    {
        public override Variable Rate(OptimizerState state) => Variable.Scalar(1e-3, DType.Float64);

        public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state) => [.. gradients.SelectMany(pair =>
        {
            Variable next = pair.Parameter - (pair.Gradient * 1e-3);
            return new Update[] { new(pair.Parameter, next), new(state.Moment(pair.Parameter, "after"), next), new(state.Moment(pair.Parameter, "before"), pair.Parameter.Variable) };
        })];
    }

    [Fact]
    public void A_model_whose_weights_are_beyond_the_type_is_not_written_in_it()
    {
        var model = new Dense(2, 1, new RandomSource(1)) { InputShape = [2] };
        model.Parameters[0].Value[1] = 1e5;
        Assert.Contains("\"weight\" holds Infinity (element 1 of 2)", Assert.Throws<GraphException>(() => model.InferenceIn(DType.Float16)).Message, StringComparison.Ordinal);
        Assert.Equal(99840, model.InferenceIn(DType.BFloat16).Parameters[0].Value[1]);
    }

    /// <summary>A copy stands for a weight that is read in the type alone: not for one that is an output itself, that is read in a third type, or whose other sizes are read as they are.</summary>
    [Fact]
    public void Weights_that_are_read_otherwise_too_keep_their_type()
    {
        Parameter[] weights = [.. new[] { "narrow", "shown", "third", "viewed" }.Select(name => new Parameter(name, Value.Of([1f, 2], 2)))];
        Variable x = Variable.Input("x", DType.Float16, [2]);
        Variable narrow = weights.Select(w => w.Variable.Cast(DType.Float16)).Aggregate(x, (sum, w) => sum * w);
        var signature = new Signature([x], [
            new Output("narrow", narrow), new Output("shown", weights[1]), new Output("third", weights[2].Variable.Cast(DType.Float64)), new Output("viewed", weights[3].Variable.Reshape([2, 1]) * 3.0)]);
        Signature stored = StoredParameters.In(DType.Float16, signature);
        Assert.Equal(
            [("narrow", DType.Float16), ("shown", DType.Float32), ("third", DType.Float32), ("viewed", DType.Float32)], stored.Parameters.Select(p => (p.Name, p.DType)).Order());
        Assert.Equal(signature.Outputs.Select(output => output.Variable.Type), stored.Outputs.Select(output => output.Variable.Type));
    }

    [Fact]
    public void The_scale_of_the_loss_stays_within_its_bounds()
    {
        Dataset data = Lines();
        var trainer = new Trainer
        {
            Model = new Dense(2, 1, new RandomSource(1)),
            Loss = 1e-30 * new MeanSquaredError(),
            Optimizer = new Sgd { LearningRate = 1e-3 },
            Precision = TrainingPrecision.Float16,
            Execution = new ExecutionOptions { Threads = 1 },
        };
        trainer.Prepare(data.Layout);
        trainer.Parameters.Single(p => p.Name == "optimizer.loss_scale").Value = Value.Of(9e29f);
        trainer.Parameters.Single(p => p.Name == "optimizer.loss_scale.steps").Value = Value.Of(1999L);
        trainer.Fit(data, new() { Epochs = 1, BatchSize = data.Count }, Token);
        Assert.Equal(1e30f, (float)Run.Number(trainer.Parameters.Single(p => p.Name == "optimizer.loss_scale")));
    }

    /// <summary>2,000 steps without an overflow double the scale; one with it halves it, and the count begins anew.</summary>
    [Fact]
    public void The_scale_of_the_loss_grows_after_many_good_steps()
    {
        Dataset data = Lines();
        var trainer = new Trainer
        {
            Model = new Dense(2, 1, new RandomSource(1)),
            Loss = 0.01 * new MeanSquaredError(),
            Optimizer = new Sgd { LearningRate = 1e-3 },
            Precision = TrainingPrecision.Float16,
            Execution = new ExecutionOptions { Threads = 1 },
        };
        Assert.Equal((65536, 1999), After(1999));
        Assert.Equal((131072, 0), After(2000));
        Assert.Equal((131072, 3), After(2003));
        trainer.Parameters.Single(p => p.Name == "optimizer.loss_scale").Value = Value.Of(1e9f);
        Assert.Equal((5e8, 0), After(2004));

        (double Scale, double Steps) After(int steps)
        {
            trainer.Fit(data, new() { Epochs = steps, BatchSize = data.Count }, Token);
            return (Of("optimizer.loss_scale"), Of("optimizer.loss_scale.steps"));
        }

        double Of(string name) => Run.Number(trainer.Parameters.Single(p => p.Name == name));
    }

    [Theory]
    [InlineData(TrainingPrecision.BFloat16)]
    [InlineData(TrainingPrecision.Float16)]
    [InlineData(TrainingPrecision.Float64)]
    public void An_interrupted_training_goes_on_bit_for_bit(TrainingPrecision precision)
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("training");
        Dataset data = GeneratedDigits.Create(200, seed: 1).Reshape(784);
        Trainer whole = Digits(precision), first = Digits(precision), second = Digits(precision);
        var options = new FitOptions { Epochs = 2, BatchSize = 32 };
        whole.Fit(data, options, Token);
        first.Fit(data, options with { Steps = 9 }, Token);
        Checkpoint.Save(file, first);
        Checkpoint.Load(file, second);
        second.Fit(data, options, Token);
        Assert.All(whole.Parameters.Zip(second.Parameters), pair => Assert.True(pair.First.Value.BitEquals(pair.Second.Value), pair.First.Name));
    }

    private static Trainer Digits(TrainingPrecision precision, int seed = 1)
    {
        var random = new RandomSource((ulong)seed);
        return new Trainer
        {
            Model = new Sequential(
                new Dropout(0.1, random), new Dense(784, 64, random) { Activation = Ops.Relu }, new BatchNormalization(64), new Dense(64, 10, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = 2e-3 },
            Metrics = [new Accuracy()],
            Precision = precision,
            Execution = new ExecutionOptions { Threads = 1 },
        };
    }

    /// <summary>y = 2a − b + 1 on 32 points.</summary>
    private static Dataset Lines()
    {
        float[] x = [.. Enumerable.Range(0, 64).Select(i => MathF.Sin(i * 1.7f))];
        return Dataset.FromTargets(x, [2], [.. x.Chunk(2).Select(p => (2 * p[0]) - p[1] + 1)], [1]);
    }
}
