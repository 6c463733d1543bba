using CsCheck;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Tests.Losses;

public sealed class LossTests
{
    private static readonly Gen<float[]> Logits = Gen.Float[-8f, 8f].Array[12];

    [Fact]
    public void Softmax_cross_entropy_is_the_negative_log_likelihood() => Logits.Sample(
        logits =>
        {
            long[] labels = [3, 0, 1];
            double[] expected = [.. labels.Select((label, row) =>
            {
                double[] z = [.. logits[(row * 4)..((row * 4) + 4)].Select(x => (double)x)];
                return Math.Log(z.Sum(Math.Exp)) - z[label];
            })];
            Run.Close(expected, Losses(new SoftmaxCrossEntropy(), logits, [3, 4], Run.Labels(labels)), 2e-6);
        },
        iter: 30);

    [Fact]
    public void Its_gradient_is_prediction_minus_target()
    {
        Variable z = Run.Tensor([1, -2, 0.5f, 3, 0, 0], 2, 3);
        Variable gradient = Gradient.Of(new SoftmaxCrossEntropy().Mean(z, Run.Labels(2, 0)), z);
        double[] expected = [.. new[] { (1.0, 0.0), (-2.0, 0.0), (0.5, 1.0) }.Select(p => (Math.Exp(p.Item1) / (Math.E + Math.Exp(-2) + Math.Exp(0.5))) - p.Item2),
            .. new[] { (3.0, 1.0), (0.0, 0.0), (0.0, 0.0) }.Select(p => (Math.Exp(p.Item1) / (Math.Exp(3) + 2)) - p.Item2)];
        Run.Close([.. expected.Select(x => x / 2)], Run.Numbers(gradient), 1e-6);
    }

    [Fact]
    public void Extreme_logits_stay_finite()
    {
        float[] logits = [1e4f, -1e4f, -1e4f, 1e4f];
        Run.Close([0, 2e4], Losses(new SoftmaxCrossEntropy(), logits, [2, 2], Run.Labels(0, 0)), 1e-6);
        Run.Close([0, 1e4, 0, 1e4], Losses(new BinaryCrossEntropy(), logits, [4], Run.Labels(1, 1, 0, 0)), 1e-6);
        Run.Close([0, 1e4, 0, 1e4], Losses(new BinaryCrossEntropy(), logits, [4], Run.Tensor([1, 1, 0, 0], 4)), 1e-6);
    }

    [Fact]
    public void Binary_cross_entropy_keeps_its_precision_when_the_answer_is_right()
    {
        double[] losses = Losses(new BinaryCrossEntropy(), [20f, -20f], [2], Run.Labels(1, 0));
        Assert.All(losses, loss => Assert.Equal(1.0, loss / Math.Exp(-20), 1e-4));
        losses = Losses(new BinaryCrossEntropy(), [20f, -20f], [2], Run.Tensor([1, 0], 2));
        Assert.All(losses, loss => Assert.Equal(1.0, loss / Math.Exp(-20), 1e-4));
    }

    [Fact]
    public void Binary_cross_entropy_is_the_negative_log_likelihood() => Gen.Select(Logits, Gen.Float[0f, 1f].Array[12]).Sample(
        (logits, targets) =>
        {
            double[] each = [.. logits.Zip(targets, (z, y) => -(y * Math.Log(Sigmoid(z))) - ((1 - y) * Math.Log(Sigmoid(-z))))];
            double[] perExample = [.. each.Chunk(3).Select(row => row.Sum())];
            Run.Close(perExample, Losses(new BinaryCrossEntropy(), logits, [4, 3], Run.Tensor(targets, 4, 3)), 3e-6);

            static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));
        },
        iter: 30);

    [Fact]
    public void Labels_of_one_logit_may_have_an_axis_less() => Assert.Equal(
        Losses(new BinaryCrossEntropy(), [1, -2], [2], Run.Labels(1, 0)), Losses(new BinaryCrossEntropy(), [1, -2], [2, 1], Run.Labels(1, 0)));

    [Fact]
    public void Mean_squared_error_is_the_mean_over_outputs()
    {
        Run.Close([2.5, 0.125], Losses(new MeanSquaredError(), [1, 2, 3, 4], [2, 2], Run.Tensor([0, 4, 3, 4.5f], 2, 2)), 1e-6);
        Run.Close([1, 4], Losses(new MeanSquaredError(), [1, 2], [2, 1], Run.Tensor([0, 4], 2)), 1e-6);
        Run.Close([1, 4], Losses(new MeanSquaredError(), [1, 2], [2], Run.Tensor([0, 4], 2, 1)), 1e-6);
    }

    [Fact]
    public void Smoothing_spreads_the_target()
    {
        double[] z = [1, 2, 4];
        double log = Math.Log(z.Sum(Math.Exp));
        double expected = (0.8 * (log - z[0])) + z.Sum(x => 0.2 / 3 * (log - x));
        Run.Close([expected], Losses(new SoftmaxCrossEntropy { Smoothing = 0.2 }, [1, 2, 4], [1, 3], Run.Labels(0)), 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoftmaxCrossEntropy { Smoothing = 1.0 });
    }

    [Fact]
    public void Targets_that_do_not_fit_are_refused()
    {
        Variable two = Run.Tensor(new float[4], 2, 2);
        Assert.Contains("class labels", Assert.Throws<DTypeException>(() => new SoftmaxCrossEntropy().PerExample(two, two)).Message);
        Assert.Contains("[2]", Assert.Throws<ShapeException>(() => new SoftmaxCrossEntropy().PerExample(two, Run.Labels(0, 1, 0))).Message);
        Assert.Contains("real numbers", Assert.Throws<DTypeException>(() => new MeanSquaredError().PerExample(two, Run.Labels(0, 1))).Message);
        var error = Assert.Throws<ShapeException>(() => new MeanSquaredError().PerExample(two, Run.Tensor(new float[2], 2)));
        Assert.Equal("MeanSquaredError expects a target of the prediction's shape [2, 2], found [2].", error.Message);
        // [2, 1] and [1, 2] differ in more than superfluous axes: broadcasting them would silently compute something else.
        Assert.Throws<ShapeException>(() => new MeanSquaredError().PerExample(Run.Tensor(new float[2], 2, 1), Run.Tensor(new float[2], 1, 2)));
    }

    [Fact]
    public void Means_go_over_the_batch() => Assert.Equal(
        2.5, Run.Number(new MeanSquaredError().Mean(Run.Tensor([1, 2], 2), Run.Tensor([0, 4], 2))), 1e-6);

    private static double[] Losses(Loss loss, float[] prediction, int[] sizes, Variable target) =>
        Run.Numbers(loss.PerExample(Run.Tensor(prediction, sizes), target));
}
