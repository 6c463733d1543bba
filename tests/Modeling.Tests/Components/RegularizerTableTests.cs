using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What holds for every regularizer.</summary>
public sealed class RegularizerTableTests
{
    public static TheoryData<string> Names => [.. RegularizerTable.Rows.Keys];

    public static TheoryData<string> Differentiable => [.. RegularizerTable.Rows.Where(row => row.Value.Differentiable).Select(row => row.Key)];

    [Fact]
    public void Every_regularizer_has_a_row() => Refusals.Complete(typeof(Regularizer), RegularizerTable.Rows.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_settings_are_refused(string name) => Refusals.Check(name, RegularizerTable.Rows[name].Case);

    /// <summary>On a float64 classifier of sigmoid units, with respect to each parameter.</summary>
    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Gradients_are_right_to_order_two(string name)
    {
        Parameter[] parameters =
        [
            DoubleModel.Weight("hidden.weight", [0.4, -0.3, 0.8, 0.2, 0.9, -0.5], 2, 3),
            DoubleModel.Weight("top.weight", [0.7, -1.1, 0.3, 0.5, -0.2, 0.6], 3, 2),
            DoubleModel.Weight("third.weight", [0.1, 0.2, -0.3, 0.6, 0.5, 0.4], 2, 3),
        ];
        var model = new DoubleModel(
            (x, p, context) =>
            {
                Variable code = x.MatMul(p[0].Variable + (0.5 * p[2].Variable)).Sigmoid();
                context.Register("code", code);
                context.Register("code.variance", 3.0 * code.Square());
                return code.MatMul(p[1]);
            },
            parameters);
        var memory = new OptimizerState();
        var objective = new Objective(
            model, new SoftmaxCrossEntropy(), DoubleModel.Tensor([0.5, -1.2, 0.8, 0.3, 1.5, -0.7], 3, 2), Run.Labels(0, 1, 1), new ForwardContext(Mode.Training), memory);
        Variable penalty = ((Regularizer)RegularizerTable.Rows[name].Case.Make!()).Penalty(objective);
        Assert.Equal(0, penalty.Shape.Rank);
        // A multiplier of 0, with which it begins, would hide the constraint.
        foreach (Parameter multiplier in memory.Parameters.Where(p => p.Name == "regularizer.multiplier"))
            multiplier.Value.Span<double>()[0] = 0.7;
        foreach (Parameter parameter in parameters)
        {
            Run.Close(DoubleModel.Differences(penalty, parameter), DoubleModel.GradientOf(penalty, parameter), 1e-6);
            Variable gradient = Gradient.Of(penalty, parameter.Variable);
            Variable second = (gradient.Sin() + (0.3 * gradient)).Sum();
            Run.Close(DoubleModel.Differences(second, parameter), DoubleModel.GradientOf(second, parameter), 1e-6);
        }
    }
}
