using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Metrics;

namespace Toolkit.Modeling.Tests.Metrics;

public sealed class MetricTests
{
    private static readonly float[] Logits = [1, 3, 2, 5, 5, 0, -1, -2, -3];

    /// <summary>A model without an axis of one output gives logits side by side: guesses 1, 0, 1, 0 and none for labels 1, 1, 0, 0, 1.</summary>
    [Fact]
    public void F1_reads_logits_side_by_side()
    {
        var metric = new F1 { Class = 1 };
        double[][] sums = [.. metric.Observe(Variable.Of(Value.Of([0.1, -0.1, 2, -3, double.NaN], 5)), Run.Labels(1, 1, 0, 0, 1), null).Select(Run.Numbers)];
        Assert.Equal([1.0, 1, 2, 2, 2, 3], sums.SelectMany(sum => sum));
        Assert.Equal(2 * 1 / (2.0 + 3), metric.Total(sums), 1e-15);
    }

    [Fact]
    public void Accuracy_takes_the_first_of_the_greatest()
    {
        Assert.Equal([1.0, 1.0, 0.0], Of(new Accuracy(), Logits, [3, 3], 1, 0, 2));
        Assert.Equal([0.0, 0.0, 1.0], Of(new Accuracy(), Logits, [3, 3], 2, 1, 0));
    }

    [Fact]
    public void Accuracy_of_a_single_logit_cuts_at_0()
    {
        Assert.Equal([1.0, 0.0, 1.0], Of(new Accuracy(), [0.1f, -0.1f, 0f], [3, 1], 1, 1, 0));
        Assert.Equal([1.0, 0.0], Run.Numbers(new Accuracy().PerExample(Run.Tensor([3, -3], 2), Run.Tensor([1, 1], 2))));
    }

    [Fact]
    public void Top_k_counts_the_classes_with_greater_logits()
    {
        Assert.Equal([1.0, 1.0, 0.0], Of(new TopK(2), Logits, [3, 3], 2, 1, 2));
        Assert.Equal([0.0, 1.0, 0.0], Of(new TopK(1), Logits, [3, 3], 2, 1, 1));
        Assert.Equal([1.0, 1.0, 1.0], Of(new TopK(3), Logits, [3, 3], 0, 2, 2));
        Assert.Equal("top5", new TopK(5).Name);
    }

    /// <summary>An infinite logit is greater or less than all others, ties are no others that are greater, and with NaN nobody knows.</summary>
    [Fact]
    public void Top_k_orders_infinite_logits_and_never_counts_nan()
    {
        const float Up = float.PositiveInfinity, Down = float.NegativeInfinity;
        float[] logits = [Up, 1, 2, Down, 1, 2, Up, Up, 0, Down, Down, Down, float.NaN, 1, 2];
        Assert.Equal([1.0, 1.0, 1.0, 1.0, 0.0], Of(new TopK(1), logits, [5, 3], 0, 2, 1, 0, 2));
        Assert.Equal([0.0, 0.0, 0.0, 1.0, 0.0], Of(new TopK(1), logits, [5, 3], 2, 1, 2, 2, 1));
        Assert.Equal([0.0, 0.0, 0.0, 1.0, 0.0], Of(new TopK(2), logits, [5, 3], 1, 0, 2, 1, 2));
        Assert.Equal([1.0, 1.0, 1.0, 1.0, 0.0], Of(new TopK(3), logits, [5, 3], 1, 0, 2, 1, 0));
    }

    /// <summary>A score below that of a true one is no merit where it belongs to no class.</summary>
    [Fact]
    public void An_example_of_no_class_does_not_count_in_an_area()
    {
        foreach (long none in (long[])[-1, 2, 5])
            Assert.Equal(0.0, Area(Variable.Of(Value.Of([1.0, 2, -9], 3)), 1, 0, none));
        foreach (long none in (long[])[-1, 3, long.MaxValue])
            Assert.Equal(Area(Run.Tensor([1, 0, 0, 2, 1, 0, 0, 1, 5], 3, 3), 0, 1, 2), Area(Run.Tensor([1, 0, 0, 2, 1, 0, 0, 1, 5, -7, -8, -9], 4, 3), 0, 1, 2, none));

        static double Area(Variable scores, params long[] labels) =>
            new AreaUnderCurve().Total([.. new AreaUnderCurve().Observe(scores, Run.Labels(labels), null).Select(Run.Numbers)]);
    }

    /// <summary>Sure and right costs 0, sure and wrong 1; with two infinite logits half of the probability is on each; what is no number or no class is not there.</summary>
    [Fact]
    public void Calibration_reads_infinite_logits_and_counts_no_nan()
    {
        const float Up = float.PositiveInfinity, Down = float.NegativeInfinity;
        Assert.Equal(0.0, Error(Run.Tensor([Up, 0, Down, 5], 2, 2), 0, 1));
        Assert.Equal(1.0, Error(Run.Tensor([Up, 0, Down, 5], 2, 2), 1, 0));
        Assert.Equal(0.25, Error(Run.Tensor([Up, 0, Up, Up], 2, 2), 0, 0));
        Assert.Equal(0.5, Error(Run.Tensor([float.NaN, 0, Up, Up, 7, 8, 7, 8], 4, 2), 0, 1, -1, 2));
        Assert.Equal(0.5, Error(Run.Tensor([float.NaN, 0, Up, Down], 4), 1, 1, 1, 1));
        Assert.Equal(double.NaN, Error(Run.Tensor([float.NaN, 0], 1, 2), 0));

        static double Error(Variable logits, params long[] labels) =>
            new CalibrationError().Total([.. new CalibrationError().Observe(logits, Run.Labels(labels), null).Select(Run.Numbers)]);
    }

    [Fact]
    public void Mean_absolute_error_is_the_mean_over_outputs()
    {
        Assert.Equal([1.5, 0.25], Run.Numbers(new MeanAbsoluteError().PerExample(Run.Tensor([1, 2, 3, 4], 2, 2), Run.Tensor([0, 4, 3, 4.5f], 2, 2))));
        Assert.False(new MeanAbsoluteError().HigherIsBetter);
        Assert.True(new Accuracy().HigherIsBetter);
    }

    [Fact]
    public void Targets_that_do_not_fit_are_refused() =>
        Assert.Throws<ShapeException>(() => new Accuracy().PerExample(Run.Tensor(Logits, 3, 3), Run.Labels(1, 2)));

    private static double[] Of(MeanMetric metric, float[] logits, int[] sizes, params long[] labels) =>
        Run.Numbers(metric.PerExample(Run.Tensor(logits, sizes), Run.Labels(labels)));
}
