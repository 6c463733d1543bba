using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What the examples of docs/components.md begin with.</summary>
internal static class Given
{
    /// <summary>48 examples of 4 numbers in 3 classes.</summary>
    public static Dataset Labelled => Dataset.FromLabels(Features, [4], [.. Features.Chunk(4).Select(x => x[0] > 0.3f ? 2L : x[1] > x[2] ? 1L : 0L)], 3);

    /// <summary>The same, but every other example has no label.</summary>
    public static Dataset HalfLabelled =>
        Dataset.FromLabels(Features, [4], [.. Labelled.Labels.ToArray().Select((y, i) => i % 2 == 0 ? y : -1)], 3, allowUnlabelled: true);

    /// <summary>48 examples of 4 numbers with 2 real numbers between 0 and 1 as targets.</summary>
    public static Dataset Measured =>
        Dataset.FromTargets(Features, [4], [.. Features.Chunk(4).SelectMany(x => new[] { 0.5f + (0.4f * x[0]), 0.5f - (0.3f * x[1] * x[2]) })], [2]);

    /// <summary>The same with two counts of a few each.</summary>
    public static Dataset Counted =>
        Dataset.FromTargets(Features, [4], [.. Features.Chunk(4).SelectMany(x => new[] { MathF.Round(2f + (2f * x[0])), MathF.Round(3f - (3f * x[1] * x[2])) })], [2]);

    /// <summary>The examples of <see cref="Measured"/> with each target under a name of its own.</summary>
    public static Dataset TwoTargets => Dataset.Of(
        Column.Of("input", Features, 4), Column.Of("first", [.. Measured.Targets.ToArray().Chunk(2).Select(y => y[0])]), Column.Of("second", [.. Measured.Targets.ToArray().Chunk(2).Select(y => y[1])]));

    /// <summary>A trunk with two outputs for them.</summary>
    public static Heads TwoHeads => new(Network(6), ("first", new Dense(6, 1, new RandomSource(3))), ("second", new Dense(6, 1, new RandomSource(4))));

    /// <summary>48 sentences of 4 words out of 5, in 3 classes.</summary>
    public static Dataset Words => Dataset.Of(
        Column.Of("input", [.. Features.Select(x => (long)(2.4 * (1 + x)))], 4), Column.Labels("target", Labelled.Labels.ToArray(), 3));

    /// <summary>24 images of 8 × 8 pixels in 3 classes: bars whose height is the class.</summary>
    public static Dataset Images => Dataset.FromLabels(
        [.. Enumerable.Range(0, 24 * 64).Select(i => i % 8 == i / 64 % 8 && i % 64 / 8 >= 2 * (i / 64 % 3) ? 1f : 0f)],
        [1, 8, 8], [.. Enumerable.Range(0, 24).Select(i => (long)(i % 3))], 3);

    /// <summary>The same in three channels.</summary>
    public static Dataset Coloured => Dataset.FromLabels(
        [.. Images.Features.ToArray().Chunk(64).SelectMany(x => x.Concat(x.Reverse()).Concat(x.Select(v => 0.5f * v)))], [3, 8, 8], Images.Labels.ToArray(), 3);

    /// <summary>A small network of sigmoid units, the hidden ones called "code".</summary>
    public static Sequential Network(int outputs) => new(
        new Dense(4, 6, new RandomSource(1)) { Name = "code", Activation = Ops.Sigmoid }, new Dense(6, outputs, new RandomSource(2)));

    /// <summary>A trainer of a fresh classifier of <see cref="Labelled"/>.</summary>
    public static Trainer Learner(RandomSource random) => new()
    {
        Model = new Sequential(new Dense(4, 6, random) { Activation = Ops.Tanh }, new Dense(6, 3, random)),
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = new Adam { LearningRate = 0.02 },
    };

    /// <summary>A constant [rows, columns] of float32 numbers.</summary>
    public static Variable Constant(int rows, int columns, params float[] numbers) => Variable.Of(Value.Of(numbers, rows, columns));

    /// <summary>Two sequences of numbers, a constant [2, steps, width].</summary>
    public static Variable Sequence(int steps, int width) => Variable.Of(Value.Of([.. Enumerable.Range(0, 2 * steps * width).Select(i => (float)Math.Sin(1.3 * i))], 2, steps, width));

    /// <summary>(1 − x)² + 100(y − x²)² as a function of its parameters, which begin at (−1.2, 1). Source: Rosenbrock 1960.</summary>
    public static ScalarFunction Valley()
    {
        var at = new Parameter("at", Value.Of([-1.2, 1.0], 2), ParameterRole.Weight);
        Variable x = at.Variable.Slice(0, 0, 1), y = at.Variable.Slice(0, 1, 2);
        return new ScalarFunction(((100.0 * (y - x.Square()).Square()) + (1.0 - x).Square()).Sum(), [at]);
    }

    private static float[] Features => [.. Enumerable.Range(0, 48 * 4).Select(i => (float)Math.Sin((1.7 * i) + (0.01 * i * i)))];
}
