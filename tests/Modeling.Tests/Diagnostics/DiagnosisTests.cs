using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Diagnostics;

public sealed class DiagnosisTests
{
    /// <summary>A linear model: the objective is a quadratic, so second order is all there is.</summary>
    [Fact]
    public void On_a_quadratic_the_predicted_change_is_the_actual_one()
    {
        Diagnosis d = Linear(learningRate: 0.05, [0.5, -1]);
        Assert.Equal(d.PredictedChange, d.ActualChange, 1e-12);
        // H = 2X'X/n of the rows (1, 0), (0, 2), (1, 1): [[4/3, 2/3], [2/3, 10/3]].
        double middle = 7.0 / 3, radius = Math.Sqrt(1 + (4.0 / 9));
        Run.Close([middle - radius, middle + radius], [d.HessianEigenvalues[0], d.HessianEigenvalues[^1]], 1e-10);
        Assert.Equal(d.AlongGradient.Min(p => p.Loss), d.AlongGradient.MinBy(p => Math.Abs(p.At - d.BestStep)).Loss);
        Assert.Contains(d.Findings, f => f.Contains("not small: this is not a local minimum"));
    }

    [Fact]
    public void Steps_that_are_too_large_are_found_out()
    {
        Diagnosis d = Linear(learningRate: 2, [0.5, -1]);
        Assert.True(d.ActualChange > 0);
        Assert.Contains(d.Findings, f => f.Contains("makes the objective worse"));
    }

    [Fact]
    public void A_minimum_is_called_one() =>
        Assert.Contains(Linear(learningRate: 0.1, [1, 1]).Findings, f => f.Contains("no negative curvature"));

    /// <summary>A6.7 in small: two weights in a row, f = (1 − ab)², have a saddle point at 0.</summary>
    [Fact]
    public void A_saddle_point_is_told_from_a_minimum()
    {
        Parameter a = DoubleModel.Weight("a", [0], 1, 1), b = DoubleModel.Weight("b", [0], 1, 1);
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]).MatMul(p[1]), a, b);
        Diagnosis d = Diagnosis.Of(model, new MeanSquaredError(), Value.Of([1.0], 1, 1), Value.Of([1.0], 1, 1));
        Run.Close([-2, 2], [.. d.HessianEigenvalues], 1e-12);
        Assert.Contains(d.Findings, f => f.Contains("a saddle point"));
        Assert.Contains(d.Findings, f => f.Contains("gradient of a is 0"));
    }

    [Fact]
    public void Dead_and_saturated_units_are_counted()
    {
        var random = new RandomSource(1);
        var hidden = new Dense(2, 4, random) { Activation = Ops.Relu };
        var model = new Sequential(hidden, new Dense(4, 3, random));
        Assert.Equal(4, model.Parameters.Count);
        hidden.Weight.Value = Value.Of([1f, 0, 0, 1, 0, 1, 0, 0], 2, 4);
        hidden.Bias!.Value = Value.Of([0f, 0, -1, 0], 4);
        var inputs = Value.Of([1f, 2, 3, 1, 0.5f, 4], 3, 2);
        Diagnosis d = Diagnosis.Of(model, new SoftmaxCrossEntropy(), inputs, Value.Of([0L, 1, 2], 3), [new L2(0.1)]);
        UnitReport units = d.Units.Single(u => u.Name == "dense1");
        Assert.Equal((4, 1, 0), (units.Units, units.Dead, units.Saturated));
        Assert.Equal(0.25, units.ZeroShare);
        Assert.Contains(d.Findings, f => f.StartsWith("1 of 4 units of dense1 are dead", StringComparison.Ordinal));
        Assert.Equal(["dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"], d.Layers.Select(l => l.Name));
    }

    [Fact]
    public void The_page_stands_by_itself_and_the_parameters_stay_as_they_were()
    {
        var random = new RandomSource(2);
        var model = new Sequential(new Dense(3, 5, random) { Activation = Ops.Tanh }, new Dense(5, 1, random));
        Value[] before = [.. model.Parameters.Select(p => p.Value.Clone())];
        Diagnosis d = Diagnosis.Of(model, new MeanSquaredError(), Value.Of([.. Enumerable.Range(0, 12).Select(i => i * 0.1f)], 4, 3), Value.Of(new float[4], 4, 1));
        Assert.All(model.Parameters.Zip(before), pair => Assert.True(pair.First.Value.BitEquals(pair.Second)));
        string page = d.ToHtml("A <run>");
        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
        Assert.Contains("A &lt;run&gt;", page, StringComparison.Ordinal);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiagnosisOptions { LearningRate = 0 });
    }

    [Fact]
    public void A_line_between_two_solutions_passes_both()
    {
        Parameter x = DoubleModel.Weight("x", [3], 1);
        var f = new ScalarFunction((x.Variable.Square() - 1.0).Square().Sum(), [x]);
        IReadOnlyList<LinePoint> line = LossLine.Between(f, [-1], [1], 5);
        Run.Close([0, 0.5625, 1, 0.5625, 0], [.. line.Select(p => p.Loss)], 1e-14);
        Assert.Equal(3.0, x.Value[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => LossLine.Between(f, [-1], [1], 1));
        Assert.Throws<ArgumentException>(() => LossLine.Between(f, [-1, 2], [1], 3));
    }

    /// <summary>A line has two ends at least; the objective (1 − w)² of a weight at 3 has its minimum halfway along the first line and at the end of the second.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(7, 7)]
    public void Lines_have_as_many_points_as_asked_for(int asked, int expected)
    {
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), DoubleModel.Weight("w", [3], 1, 1));
        Diagnosis d = Diagnosis.Of(
            model, new MeanSquaredError(), Value.Of([1.0], 1, 1), Value.Of([1.0], 1, 1), options: new() { Points = asked, Other = [1.0] });
        Assert.Equal(expected, d.AlongGradient.Count);
        Assert.Equal(expected, d.FromOther.Count);
        Assert.Equal(4.0, d.AlongGradient[0].Loss, 1e-12);
        Assert.Equal(4.0, d.AlongGradient[^1].Loss, 1e-12);
        Assert.Equal(0.0, d.FromOther[0].Loss, 1e-12);
        Assert.Contains(d.FromOther, p => Math.Abs(p.At - 1) < 1e-12 && Math.Abs(p.Loss - 4) < 1e-12);
        if (asked % 2 == 1 && asked > 1)
            Assert.Equal(0.0, d.AlongGradient[expected / 2].Loss, 1e-12);
    }

    private static Diagnosis Linear(double learningRate, double[] weights)
    {
        var model = new DoubleModel((x, p, _) => x.MatMul(p[0]), DoubleModel.Weight("w", weights, 2, 1));
        return Diagnosis.Of(
            model, new MeanSquaredError(), Value.Of([1.0, 0, 0, 2, 1, 1], 3, 2), Value.Of([1.0, 2, 2], 3, 1), options: new() { LearningRate = learningRate });
    }
}
