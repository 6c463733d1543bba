using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;

namespace Toolkit.Modeling.Tests.Losses;

public sealed class TaskLossTests
{
    /// <summary>A1.8 of the targets: the minimum of the smoothed loss over logits, and the gap at which it lies.</summary>
    [Theory]
    [InlineData(SmoothingForm.OtherClasses, 0.544805431125070, 4.394449154672439)]
    [InlineData(SmoothingForm.Uniform, 0.500288035057778, 4.510859506516850)]
    public void Smoothed_labels_have_their_minimum_at_a_finite_gap(SmoothingForm form, double minimum, double gap)
    {
        var loss = new SoftmaxCrossEntropy { Smoothing = 0.1, SmoothingForm = form };
        double at(double g) => Run.Number(loss.PerExample(Wide([g, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1, 10), Run.Labels(0)));
        Assert.Equal(minimum, at(gap), 1e-13);
        Assert.True(at(gap - 0.01) > minimum && at(gap + 0.01) > minimum);
    }

    [Fact]
    public void Class_weights_multiply_the_loss_of_their_class()
    {
        Variable z = Wide([1, 0, 0.5, 2], 2, 2);
        double[] plain = Run.Numbers(new SoftmaxCrossEntropy().PerExample(z, Run.Labels(1, 0)));
        double[] weighted = Run.Numbers(new ClassWeighted(new SoftmaxCrossEntropy(), 3, 0.5).PerExample(z, Run.Labels(1, 0)));
        Run.Close([0.5 * plain[0], 3 * plain[1]], weighted, 1e-14);
        Assert.Throws<ArgumentException>(() => new ClassWeighted(new SoftmaxCrossEntropy()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassWeighted(new SoftmaxCrossEntropy(), -1));
    }

    [Fact]
    public void Tasks_add_up_with_fixed_or_learned_weights()
    {
        var fixedWeights = new MultiTask(new LearningTask(new MeanSquaredError(), 1, 1), new LearningTask(new GaussianLikelihood(), 2, 2, 0.5));
        Variable target = Wide([1, 2, 3], 1, 3);
        double second = (0.5 * (1 + 4)) + Math.Log(2 * Math.PI);
        Run.Close([4 + (0.5 * second)], Run.Numbers(fixedWeights.PerExample(Wide([3, 1, 1], 1, 3), target)), 1e-13);
        double[] learned = Run.Numbers((fixedWeights with { LearnWeights = true }).PerExample(Wide([3, 1, 1, 0.2, -0.3], 1, 5), target));
        Run.Close([(4 * Math.Exp(-0.2)) + 0.2 + (0.5 * second * Math.Exp(0.3)) - 0.3], learned, 1e-13);
        Assert.Contains("[batch, 3]", Assert.Throws<ShapeException>(() => fixedWeights.PerExample(Wide([3, 1], 1, 2), target)).Message);
        Assert.Throws<ArgumentException>(() => new MultiTask());
    }

    [Fact]
    public void Examples_without_a_label_do_not_count()
    {
        Variable z = Wide([1, 0, 0.5, 2, 7, 7], 3, 2);
        double[] plain = Run.Numbers(new SoftmaxCrossEntropy().PerExample(z, Run.Labels(1, 0, 0)));
        var loss = new LabelledOnly(new SoftmaxCrossEntropy());
        Run.Close([plain[0], 0, plain[2]], Run.Numbers(loss.PerExample(z, Run.Labels(1, -1, 0))), 1e-13);
        Assert.Equal((plain[0] + plain[2]) / 2, Run.Number(loss.Mean(z, Run.Labels(1, -1, 0))), 1e-13);
        Run.Close([0, 0, 0], Run.Numbers(loss.PerExample(z, Run.Labels(-1, -1, -1))), 0);
        Assert.Equal(0.0, Run.Number(loss.Mean(z, Run.Labels(-1, -1, -1))));
    }

    [Fact]
    public void Huber_and_quantile_losses_are_what_they_say()
    {
        Run.Close([0.125, 0.75 * (2 - 0.375)], Run.Numbers(new Huber(0.75).PerExample(Wide([0, 0], 2), Wide([0.5, -2], 2))), 1e-14);
        Run.Close([0.9 * 0.5, 0.1 * 2], Run.Numbers(new QuantileLoss(0.9).PerExample(Wide([0, 0], 2), Wide([0.5, -2], 2))), 1e-14);
    }

    [Fact]
    public void Huber_has_the_derivatives_of_its_formula_at_0_at_the_joint_and_far_away()
    {
        double[] errors = [0, 0.5, -0.5, 1, -1, 2, -2, 1e30];
        Variable y = Wide(new double[8], 1, 8), z = Wide(errors, 1, 8);
        Variable slope = 8 * Gradient.Of(new Huber(1).PerExample(z, y).Sum(), z);
        Run.Close([0, 0.5, -0.5, 1, -1, 1, -1, 1], Run.Numbers(slope), 1e-15);
        Run.Close([1, 1, 1, 0, 0, 0, 0, 0], Run.Numbers(Gradient.Of(slope.Sum(), z)), 1e-15);
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
