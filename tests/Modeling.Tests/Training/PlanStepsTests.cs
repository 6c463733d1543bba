using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>How many steps the plan of a training step has: sizes and axes, which are inputs of operations, cost none.</summary>
public sealed class PlanStepsTests
{
    [Fact]
    public void A_perceptron_with_dropout_and_batch_normalization_takes_57_steps()
    {
        var random = new RandomSource(1);
        var model = new Sequential(
            new Dropout(0.2, random), new Dense(12, 16, random) { Activation = Ops.Relu }, new BatchNormalization(16), new Dropout(0.5, random), new Dense(16, 3, random));
        Check(57, Steps(model, [12]));
    }

    [Fact]
    public void A_convolutional_network_takes_37_steps()
    {
        var random = new RandomSource(1);
        var model = new Sequential(
            new Conv2D(1, 4, 5, random) { Activation = Ops.Relu, Padding = Padding.Same }, new MaxPool2D(2),
            new Conv2D(4, 8, 3, random) { Activation = Ops.Relu, Padding = Padding.Same }, new MaxPool2D(2),
            new Flatten(), new Dense(8 * 2 * 2, 16, random) { Activation = Ops.Relu }, new Dense(16, 3, random));
        Check(37, Steps(model, [1, 8, 8]));
    }

    private static void Check(int expected, IReadOnlyList<ProfiledStep> steps) =>
        Assert.True(steps.Count == expected, $"Expected {expected} steps, found {steps.Count}: {string.Join(", ", steps.Select(s => s.Name))}.");

    private static IReadOnlyList<ProfiledStep> Steps(Module model, int[] shape)
    {
        var features = new float[6 * shape.Aggregate(1, (a, b) => a * b)];
        new RandomSource(2).FillNormal(features, 0, 1);
        Dataset data = Dataset.FromLabels(features, shape, [0L, 1, 2, 0, 1, 2], 3);
        var trainer = new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam() };
        trainer.Prepare(data.Layout);
        Batch batch = data.Batches(new BatchOptions { Size = 6 }).Single();
        var step = Function.Compile(trainer.TrainingStep, new ExecutionOptions { Threads = 1 });
        IReadOnlyList<ProfiledStep> steps = step.Profile([batch.Features, batch.Target], 1).Steps;
        Assert.DoesNotContain(steps, s => s.Name.Contains("Shape", StringComparison.Ordinal));
        return steps;
    }
}
