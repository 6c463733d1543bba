using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Regularizers;

/// <summary>Noise on labels and targets (book sections 7.5 and 7.5.1).</summary>
public sealed class NoisyTargetTests
{
    private static readonly double[] X = [0.5, -1.2, 0.8, 0.3, 1.5, -0.7];
    private readonly Parameter weight = DoubleModel.Weight("top.weight", [0.7, -1.1, 0.3, 0.5, 0.2, -0.4], 2, 3);

    /// <summary>On average over the draws, noisy labels are smoothed ones in the book's form; labels that are missing stay so.</summary>
    [Fact]
    public void Label_noise_is_label_smoothing_on_average()
    {
        double[] drawn = Draws(new LabelNoise(0.3), new SoftmaxCrossEntropy(), Run.Labels(2, 0, 1), 3000);
        Objective clean = Make(new SoftmaxCrossEntropy(), Run.Labels(2, 0, 1), new OptimizerState());
        double expected = Run.Number(new SoftmaxCrossEntropy { Smoothing = 0.3, SmoothingForm = SmoothingForm.OtherClasses }.Mean(clean.Output, clean.Target)) - Run.Number(clean.Loss);
        double deviation = Math.Sqrt(drawn.Average(d => d * d) - Math.Pow(drawn.Average(), 2));
        Assert.True(deviation > 0.05, $"deviation {deviation}");
        Assert.Equal(expected, drawn.Average(), 4 * deviation / Math.Sqrt(drawn.Length));
        Assert.All(Draws(new LabelNoise(0.9), new LabelledOnly(new SoftmaxCrossEntropy()), Run.Labels(-1, -1, -1), 20), d => Assert.Equal(0.0, d));
        Assert.All(Draws(new LabelNoise(0), new SoftmaxCrossEntropy(), Run.Labels(2, 0, 1), 5), d => Assert.Equal(0.0, d));
    }

    /// <summary>Squared errors grow by the variance of the noise.</summary>
    [Fact]
    public void Target_noise_adds_its_variance_to_squared_errors()
    {
        double[] drawn = Draws(new TargetNoise(0.4) { Share = 0.5 }, new MeanSquaredError(), DoubleModel.Tensor([.. Enumerable.Range(0, 9).Select(i => 0.1 * i)], 3, 3), 3000);
        double deviation = Math.Sqrt(drawn.Average(d => d * d) - Math.Pow(drawn.Average(), 2));
        Assert.Equal(0.5 * 0.16, drawn.Average(), 4 * deviation / Math.Sqrt(drawn.Length));
    }

    [Fact]
    public void Gradients_agree_with_differences()
    {
        foreach (Variable penalty in new[]
        {
            new LabelNoise(0.8).Penalty(Make(new SoftmaxCrossEntropy(), Run.Labels(2, 0, 1), new OptimizerState())),
            new TargetNoise(0.4).Penalty(Make(new MeanSquaredError(), DoubleModel.Tensor(new double[9], 3, 3), new OptimizerState())),
        })
        {
            double[] gradient = DoubleModel.GradientOf(penalty, weight);
            Assert.True(gradient.Max(Math.Abs) > 1e-3);
            Run.Close(DoubleModel.Differences(penalty, weight), gradient, 1e-6);
        }
    }

    [Fact]
    public void Each_is_refused_for_the_targets_of_the_other()
    {
        Objective labels = Make(new SoftmaxCrossEntropy(), Run.Labels(2, 0, 1), new OptimizerState());
        Objective numbers = Make(new MeanSquaredError(), DoubleModel.Tensor(new double[9], 3, 3), new OptimizerState());
        Assert.Contains("found labels", Assert.Throws<GraphException>(() => new TargetNoise(1).Penalty(labels)).Message, StringComparison.Ordinal);
        Assert.Contains("found MeanSquaredError", Assert.Throws<GraphException>(() => new LabelNoise(0.1).Penalty(numbers)).Message, StringComparison.Ordinal);
    }

    /// <summary>The penalty at many steps of a training.</summary>
    private double[] Draws(Regularizer regularizer, Loss loss, Variable target, int steps)
    {
        var memory = new OptimizerState();
        Variable penalty = regularizer.Penalty(Make(loss, target, memory));
        Parameter counter = memory.Parameters.Single(p => p.Name.EndsWith("counter", StringComparison.Ordinal));
        var function = Function.Compile([], [penalty], null, new ExecutionOptions { Threads = 1 });
        return [.. Enumerable.Range(0, steps).Select(step =>
        {
            counter.Value = Value.Of((ulong)step);
            return function.Run()[0].Scalar();
        })];
    }

    private Objective Make(Loss loss, Variable target, OptimizerState memory) => new(
        new DoubleModel((x, p, _) => x.MatMul(p[0]), weight), loss, DoubleModel.Tensor(X, 3, 2), target, new ForwardContext(Mode.Training), memory);
}
