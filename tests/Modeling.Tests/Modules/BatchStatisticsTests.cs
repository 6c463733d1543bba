using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Modules;

/// <summary>Statistics of batches of few or weighted examples, against plain loops.</summary>
public sealed class BatchStatisticsTests
{
    private const double Decay = 0.75;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Weights_count_like_copies(int places)
    {
        float[] weights = [2, 0, 1, 4], x = [.. Enumerable.Range(0, 4 * 2 * places).Select(i => (float)Math.Cos(i * 2.1))];
        Shape shape = places == 1 ? [4, 2] : [4, 2, places];
        Variable input = Variable.Of(Value.Of(x, [.. shape.Select(d => d.Size)]));
        var weighted = new BatchNormalization(2) { Decay = Decay };
        var copied = new BatchNormalization(2) { Decay = Decay };
        double[] found = Step(weighted, input, Tests.Weights.Copies.Weight(weights));
        double[] expected = Step(copied, Tests.Weights.Copies.Repeat(input, weights), null);
        int own = 2 * places;
        int at = 0;
        for (int row = 0; row < 4; row++)
        {
            for (int copy = 0; copy < weights[row]; copy++, at += own)
                Run.Close(expected[at..(at + own)], found[(row * own)..((row + 1) * own)], 1e-5);
        }

        foreach ((Parameter a, Parameter b) in copied.Parameters.Zip(weighted.Parameters))
            Run.Close(Run.Numbers(a.Value), Run.Numbers(b.Value), 2e-6);
        Assert.Equal(7.0, weighted.Parameters[4].Value[0]);
    }

    /// <summary>A smaller batch counts in proportion; one with a single value per channel has no variance, and is left out.</summary>
    [Theory]
    [InlineData(128, 129)]
    [InlineData(128, 130)]
    [InlineData(128, 256)]
    [InlineData(50, 120)]
    public void Running_means_weigh_batches_by_their_examples(int size, int count)
    {
        double[] x = [.. Enumerable.Range(0, count).Select(i => 0.6 + (0.5 * Math.Sin(i * 0.9)))];
        var layer = new BatchNormalization(1);
        double mean = 0, variance = 1;
        foreach (double[] batch in x.Chunk(size).Concat(x.Chunk(size)))
        {
            Step(layer, Run.Tensor([.. batch.Select(v => (float)v)], batch.Length, 1), null);
            if (batch.Length == 1)
                continue;
            double own = batch.Average(), share = 0.1 * batch.Length / size;
            mean += share * (own - mean);
            variance += share * (batch.Average(v => (v - own) * (v - own)) - variance);
        }

        Assert.Equal(mean, layer.Parameters[2].Value[0], 1e-5);
        Assert.Equal(variance, layer.Parameters[3].Value[0], 1e-5);
        double all = x.Average(v => (v - x.Average()) * (v - x.Average())), left = Math.Pow(0.9, 2.0 * count / size);
        Assert.Equal((left * 1) + ((1 - left) * all), layer.Parameters[3].Value[0], 0.02);
    }

    [Fact]
    public void A_single_example_is_normalized_with_the_running_means_and_leaves_them_alone()
    {
        var layer = new BatchNormalization(2);
        Step(layer, Run.Tensor([1, 5, 3, 9], 2, 2), null);
        double[] before = [.. layer.Parameters.SelectMany(p => Run.Numbers(p.Value))];
        double[] found = Step(layer, Run.Tensor([2, 4], 1, 2), null);
        double[] expected = [.. Enumerable.Range(0, 2).Select(c => (new[] { 2.0, 4 }[c] - before[4 + c]) / Math.Sqrt(before[6 + c] + 1e-5))];
        Run.Close(expected, found, 1e-5);
        Assert.Equal(before, layer.Parameters.SelectMany(p => Run.Numbers(p.Value)));
        // The same where all others have no weight.
        Run.Close([.. expected, .. expected], Step(layer, Run.Tensor([2, 4, 2, 4], 2, 2), Tests.Weights.Copies.Weight([3, 0])), 1e-5);
        Assert.Equal(before[..8], layer.Parameters.SelectMany(p => Run.Numbers(p.Value)).Take(8));
        // Places are values, too.
        Step(layer, Run.Tensor([1, 5, 3, 9], 1, 2, 2), null);
        Assert.NotEqual(before[6], layer.Parameters[3].Value[0]);
    }

    /// <summary>Each part is normalized, weighted and followed as a batch of its own would be; a part of a single example takes the running means, and one that the batch
    /// does not reach is not there.</summary>
    [Theory]
    [InlineData(6, new[] { 2 })]
    [InlineData(6, new[] { 2, 3 })]
    [InlineData(6, new[] { 4, 9 })]
    [InlineData(2, new[] { 2, 3 })]
    public void Parts_are_batches_of_their_own(int rows, int[] parts)
    {
        float[] x = [.. Enumerable.Range(0, rows * 2).Select(i => (float)Math.Cos(i * 2.1) + (i < 4 ? 3 : 0))], weights = [.. Enumerable.Range(0, rows).Select(i => 0.5f + i)];
        var whole = new BatchNormalization(2) { Decay = Decay, Parts = [.. parts] };
        double[] found = Step(whole, Run.Tensor(x, rows, 2), Tests.Weights.Copies.Weight(weights));
        double total = weights.Sum(), share = 0;
        double[] mean = new double[2], variance = new double[2];
        int at = 0;
        foreach (int size in (int[])[.. parts, rows])
        {
            int count = Math.Min(size, rows - at);
            if (count <= 0)
                break;
            var alone = new BatchNormalization(2) { Decay = 0 };
            float[] own = weights[at..(at + count)];
            Run.Close(Step(alone, Run.Tensor(x[(2 * at)..(2 * (at + count))], count, 2), Tests.Weights.Copies.Weight(own)), found[(2 * at)..(2 * (at + count))], 1e-5);
            for (int c = 0; c < 2 && count > 1; c++)
            {
                mean[c] += own.Sum() / total * alone.Parameters[2].Value[c];
                variance[c] += own.Sum() / total * alone.Parameters[3].Value[c];
            }

            share += count > 1 ? own.Sum() / total : 0;
            at += count;
        }

        for (int c = 0; c < 2; c++)
        {
            Assert.Equal((1 - Decay) * mean[c], whole.Parameters[2].Value[c], 1e-5);
            Assert.Equal(1 - ((1 - Decay) * share) + ((1 - Decay) * variance[c]), whole.Parameters[3].Value[c], 1e-5);
        }
    }

    [Fact]
    public void Batches_of_one_example_train()
    {
        var random = new RandomSource(3);
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(1, 8, random), new BatchNormalization(8), new Activation(Ops.Tanh), new Dense(8, 1, random)),
            Loss = new MeanSquaredError(),
            Optimizer = new Adam { LearningRate = 0.01 },
        };
        float[] x = [.. Enumerable.Range(0, 16).Select(i => (i / 8f) - 1)];
        var data = Dataset.FromTargets(x, [1], [.. x.Select(v => v * v)], [1]);
        trainer.Fit(data, new() { Epochs = 100, BatchSize = 1 }, TestContext.Current.CancellationToken);
        Assert.InRange(trainer.Evaluate(data).Loss, 0, 0.01);
    }

    /// <summary>By loops: shift after scale, mean and variance over group and places.</summary>
    [Fact]
    public void Group_normalization_scales_and_then_shifts()
    {
        var layer = new GroupNormalization(4, 2) { Stabilizer = 0.01 };
        layer.Scale.Value = Value.Of([2f, -1, 0.5f, 3], 4);
        layer.Shift.Value = Value.Of([1f, 2, -3, 0.25f], 4);
        float[] x = [.. Enumerable.Range(0, 2 * 4 * 3).Select(i => (float)Math.Sin(i * 1.9))];
        double[] found = Run.Numbers(Run.Forward(layer, Mode.Training, x, 2, 4, 3));
        for (int i = 0; i < x.Length; i++)
        {
            int channel = i / 3 % 4, first = i / 6 * 6;
            double mean = x[first..(first + 6)].Average(), variance = x[first..(first + 6)].Average(v => (v - mean) * (v - mean));
            Assert.Equal(((x[i] - mean) / Math.Sqrt(variance + 0.01) * layer.Scale.Value[channel]) + layer.Shift.Value[channel], found[i], 1e-5);
        }
    }

    [Fact]
    public void Statistics_of_one_value_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerNormalization(1));
        Assert.Contains("two values", Assert.Throws<ShapeException>(() => Run.Forward(new GroupNormalization(4, 4), Mode.Training, new float[8], 2, 4)).Message);
        Assert.Equal(8, Run.Forward(new GroupNormalization(4, 2), Mode.Training, new float[8], 2, 4).Count);
    }

    private static double[] Step(BatchNormalization layer, Variable input, Variable? weight)
    {
        var context = new ForwardContext(Mode.Training) { Weight = weight };
        Variable y = layer.Forward(input, context);
        return Run.Numbers(Function.Compile([], [y], context.Updates, new ExecutionOptions { Threads = 1 }).Run()[0]);
    }

    /// <summary>Examples without a step say nothing, however much they weigh: the mean is that of the others, Σ w·x/Σ w over their steps.</summary>
    [Theory]
    [InlineData(1f, 1f, 1f)]
    [InlineData(8f, 0.5f, 0.25f)]
    [InlineData(1e6f, 3e-3f, 1e-3f)]
    [InlineData(0f, 5f, 7f)]
    public void Sequences_without_a_step_change_no_mean(float empty, float first, float second)
    {
        var symbols = new ExampleSymbols([new Field("x", DType.Float32, ["time", 1]), new Field("weight", DType.Float32, [])]);
        var context = new ForwardContext(Mode.Training) { Examples = symbols, Weight = symbols.Weight };
        Function function = Function.Compile(symbols.All, [context.Mean(symbols.Fields["x"], [0, 1])], null, new ExecutionOptions { Threads = 1 });
        float[] x = [99, 99, 3, 99, 5, 7];
        double found = function.Run(Value.Of(x, 3, 2, 1), Value.Of([empty, first, second], 3), Value.Of([0L, 1, 2], 3))[0][0];
        Assert.Equal(((first * 3.0) + (second * 12.0)) / (first + (2.0 * second)), found, 1e-5);
        Assert.Equal(0, function.Run(Value.Of(x, 3, 2, 1), Value.Of([empty, first, second], 3), Value.Of([0L, 0, 0], 3))[0][0]);
    }
}
