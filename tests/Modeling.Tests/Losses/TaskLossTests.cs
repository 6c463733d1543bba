using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

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
        var fixedWeights = new MultiTask(new LearningTask("a", new MeanSquaredError()), new LearningTask("b", new GaussianLikelihood(), 0.5));
        var learned = fixedWeights with { LearnWeights = true };
        var fields = new Named(("a", Wide([1], 1, 1)), ("b", Wide([2, 3], 1, 2)));
        var outputs = new Named(("a", Wide([3], 1, 1)), ("b", Wide([1, 1], 1, 2)), (MultiTask.WeightsOutput, Wide([0.2, -0.3], 1, 2)));
        double second = (0.5 * (1 + 4)) + Math.Log(2 * Math.PI);
        Assert.Equal(4 + (0.5 * second), Run.Number(Of(fixedWeights, outputs)), 1e-13);
        Assert.Equal((4 * Math.Exp(-0.2)) + 0.2 + (0.5 * second * Math.Exp(0.3)) - 0.3, Run.Number(Of(learned, outputs)), 1e-13);
        Assert.Contains("[batch, 2]", Assert.Throws<ShapeException>(() => Of(learned, outputs.With(MultiTask.WeightsOutput, Wide([1], 1, 1)))).Message, StringComparison.Ordinal);
        Assert.Contains("\"task_weights\"", Assert.Throws<GraphException>(() => Of(learned, new Named(("a", outputs["a"]), ("b", outputs["b"])))).Message, StringComparison.Ordinal);
        Assert.Contains("an output of the model", Assert.Throws<GraphException>(() => Of(fixedWeights, new Named(("a", outputs["a"])))).Message, StringComparison.Ordinal);
        Run.CheckGradients(s => Of(learned, outputs.With(MultiTask.WeightsOutput, s)).Reshape([1]), [0.2, -0.3], 1, 2);

        Variable Of(MultiTask loss, Named given) => loss.Mean(given, fields, new ExampleSymbols(fields));
    }

    /// <summary>A label and a number as targets of one trunk. The number is half noise, and its learned weight is less for it.</summary>
    [Fact]
    public void A_trunk_with_heads_learns_its_tasks_and_what_they_weigh()
    {
        var random = new RandomSource(5);
        float[] x = [.. Enumerable.Range(0, 400).Select(_ => (float)random.NextNormal())];
        Dataset data = Dataset.Of(
            Column.Of("input", x, 2),
            Column.Labels("kind", [.. x.Chunk(2).Select(row => row[0] > row[1] ? 1L : 0)], 2),
            Column.Of("size", [.. x.Chunk(2).Select(row => row[0] + row[1] + (float)random.NextNormal())]));
        var shared = new SharedOutputs(2) { Alone = true };
        var trainer = new Trainer
        {
            Model = new Heads(
                new Dense(2, 8, random) { Activation = Ops.Tanh }, ("kind", new Dense(8, 2, random)), ("size", new Dense(8, 1, random)), (MultiTask.WeightsOutput, shared)),
            Loss = new MultiTask(new LearningTask("kind", new SoftmaxCrossEntropy()), new LearningTask("size", new MeanSquaredError())) { LearnWeights = true },
            Optimizer = new Adam { LearningRate = 0.02 },
            Metrics = [new Accuracy().On("kind"), new MeanAbsoluteError().On("size")],
        };
        trainer.Fit(data, new() { Epochs = 60, BatchSize = 20 }, TestContext.Current.CancellationToken);
        Evaluation found = trainer.Evaluate(data);
        Assert.True(found["kind accuracy"] > 0.97, $"{found["kind accuracy"]}");
        Assert.InRange(found["size mean absolute error"], 0.5, 1.1);
        // e^s is the mean loss of the task where the sum is least: near 1 for the number, near 0 for the label.
        double[] s = Run.Numbers(shared.Numbers.Value);
        Assert.InRange(s[1], -0.5, 0.5);
        Assert.True(s[0] < s[1] - 1, $"{s[0]}, {s[1]}");
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
