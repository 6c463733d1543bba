using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Tests.Components;

namespace Toolkit.Modeling.Tests.Weights;

/// <summary>A weight w is w copies, for every loss; a mask is absence.</summary>
public sealed class WeightedLossTests
{
    public static TheoryData<string> Names => [.. LossTable.Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_weight_counts_like_copies_in_value_and_gradient(string name)
    {
        (Case row, int outputs, Variable target) = LossTable.Rows[name];
        var loss = (Loss)row.Make!();
        Variable z = Variable.Of(Value.Of([.. Enumerable.Range(0, 2 * outputs).Select(i => Math.Sin((i * 1.7) + 0.3))], 2, outputs));
        foreach (float[] weights in new[] { new[] { 3f, 2 }, [1, 4], [2, 0] })
        {
            Variable weighted = loss.Mean(z, target, Copies.Weight(weights));
            Variable copied = loss.Mean(Copies.Repeat(z, weights), Copies.Repeat(target, weights));
            Assert.Equal(Run.Number(copied), Run.Number(weighted), 1e-12);
            Run.Close(Run.Numbers(Gradient.Of(copied, z)), Run.Numbers(Gradient.Of(weighted, z)), 1e-12);
        }

        // The scale of the weights does not matter, however great or small it is.
        double expected = Run.Number(loss.Mean(z, target, Copies.Weight([3f, 1f])));
        Assert.Equal(expected, Run.Number(loss.Mean(z, target, Copies.Weight([3e38f, 1e38f]))), 1e-6);
        Assert.Equal(expected, Run.Number(loss.Mean(z, target, Copies.Weight([3e-38f, 1e-38f]))), 1e-6);
        Assert.Equal(0.0, Run.Number(loss.Mean(z, target, Copies.Weight([0f, 0f]))));
    }

    /// <summary>Against plain loops: Σ wl/Σ w.</summary>
    [Fact]
    public void The_mean_is_divided_by_the_sum_of_the_weights()
    {
        Variable prediction = Run.Tensor([1, 2, 3], 3), target = Run.Tensor([0, 4, 3.5f], 3);
        Assert.Equal(((0.5 * 1) + (2 * 4) + (4 * 0.25)) / 6.5, Run.Number(new MeanSquaredError().Mean(prediction, target, Copies.Weight([0.5f, 2, 4]))), 1e-6);
    }

    [Fact]
    public void Class_weights_are_weights_of_the_mean()
    {
        Variable z = Variable.Of(Value.Of([1.0, 0, 0.5, 2, 3, -1], 3, 2));
        double[] plain = Run.Numbers(new SoftmaxCrossEntropy().PerExample(z, Run.Labels(1, 0, 0)));
        var loss = new ClassWeighted(new SoftmaxCrossEntropy(), 3, 0.5);
        Assert.Equal(((0.5 * plain[0]) + (3 * plain[1]) + (3 * plain[2])) / 6.5, Run.Number(loss.Mean(z, Run.Labels(1, 0, 0))), 1e-12);
        Assert.Equal(
            ((4 * 0.5 * plain[0]) + (3 * plain[1])) / 5.0, Run.Number(loss.Mean(z, Run.Labels(1, 0, 0), Copies.Weight([4, 1, 0]))), 1e-12);
        // An example without a label has no class to be weighted by.
        Assert.Equal(plain[0], Run.Number(new ClassWeighted(new LabelledOnly(new SoftmaxCrossEntropy()), 3, 0.5).Mean(z, Run.Labels(1, -1, -1))), 1e-12);
        Assert.Contains("2 classes", Assert.Throws<ShapeException>(() => loss.Mean(Run.Tensor(new float[6], 2, 3), Run.Labels(0, 1))).Message);
    }

    /// <summary>Each task is a mean over the examples that have a label for it.</summary>
    [Fact]
    public void Missing_labels_of_a_task_leave_the_other_tasks_alone()
    {
        var outputs = new Named(
            ("kind", Variable.Of(Value.Of([1.0, 0, 0.5, 2, 3, -1], 3, 2))), ("size", Variable.Of(Value.Of([2, -1, 0.5], 3, 1))));
        var fields = new Named(("kind", Run.Labels(1, -1, 0)), ("size", Variable.Of(Value.Of([4.0, 5, 6], 3))));
        var loss = new MultiTask(new LearningTask("kind", new LabelledOnly(new SoftmaxCrossEntropy())), new LearningTask("size", new MeanSquaredError(), 0.25));
        double first = Nll(1, 0, 1), third = Nll(3, -1, 0);
        double squares = 0.25 * (4 + 36 + 30.25);
        var weighted = new Named([.. fields.Select(field => (field.Key, field.Value)), ("weight", Copies.Weight([2, 5, 1]))]);
        Assert.Equal(((first + third) / 2) + (squares / 3), Run.Number(loss.Mean(outputs, fields, new ExampleSymbols(fields))), 1e-12);
        Assert.Equal(
            (((2 * first) + third) / 3) + (0.25 * ((2 * 4) + (5 * 36) + 30.25) / 8), Run.Number(loss.Mean(outputs, weighted, new ExampleSymbols(weighted))), 1e-12);

        static double Nll(double a, double b, int label) => Math.Log(Math.Exp(a) + Math.Exp(b)) - (label == 0 ? a : b);
    }

    [Fact]
    public void A_sequence_of_nothing_but_padding_is_not_there()
    {
        double[] z = [1, 0, 2, 0.5, 2, -1, 3, -1];
        var loss = new SequenceLoss(new LabelledOnly(new SoftmaxCrossEntropy()));
        Variable both = loss.Mean(Variable.Of(Value.Of(z, 2, 2, 2)), Run.Ids([1, 0, -1, -1], 2, 2));
        Variable one = loss.Mean(Variable.Of(Value.Of(z[..4], 1, 2, 2)), Run.Ids([1, 0], 1, 2));
        Assert.Equal(Run.Number(one), Run.Number(both), 1e-12);
    }

    [Fact]
    public void What_has_no_weight_may_be_infinite()
    {
        Variable z = Variable.Of(Value.Of([1.0, 1e200], 2));
        Variable mean = new MeanSquaredError().Mean(z, Variable.Of(Value.Of([3.0, -1e200], 2)), Copies.Weight([2, 0]));
        Assert.Equal(4.0, Run.Number(mean), 1e-12);
        Run.Close([-4.0, 0], Run.Numbers(Gradient.Of(mean, z)), 1e-12);
    }
}
