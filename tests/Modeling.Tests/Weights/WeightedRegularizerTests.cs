using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Tests.Components;

namespace Toolkit.Modeling.Tests.Weights;

/// <summary>
/// A weight w is w copies, for every regularizer, in value and gradient, on a float64 classifier whose examples depend on each other through a mean of the batch, as in batch
/// normalization.
/// </summary>
public sealed class WeightedRegularizerTests
{
    // What draws numbers for each example draws others for its copies.
    private static readonly string[] Noisy = [nameof(LabelNoise), nameof(Mixup), nameof(TargetNoise), nameof(VirtualAdversarial)];
    private static readonly float[] Weights = [2, 1, 0, 3, 1];
    private static readonly double[] X = [0.5, -1.2, 0.8, 0.3, 30, -40, 1.5, -0.7, -0.2, 0.9];
    private static readonly Variable Labels = Run.Labels(0, -1, 1, 1, -1);

    private readonly Parameter[] parameters =
    [
        DoubleModel.Weight("hidden.weight", [0.4, -0.3, 0.8, 0.2, 0.9, -0.5], 2, 3),
        DoubleModel.Weight("top.weight", [0.7, -1.1, 0.3, 0.5, -0.2, 0.6], 3, 2),
        DoubleModel.Weight("third.weight", [0.1, 0.2, -0.3, 0.6, 0.5, 0.4], 2, 3),
        new("steps", Value.Of(0.0), ParameterRole.State),
    ];

    public static TheoryData<string> Exact => [.. RegularizerTable.Rows.Keys.Except(Noisy)];

    [Theory]
    [MemberData(nameof(Exact))]
    public void A_weight_counts_like_copies_in_value_and_gradient(string name)
    {
        var regularizer = (Regularizer)RegularizerTable.Rows[name].Case.Make!();
        Same(
            regularizer.Penalty(Make(DoubleModel.Tensor(X, 5, 2), Labels, Copies.Weight(Weights))),
            regularizer.Penalty(Make(Copies.Repeat(DoubleModel.Tensor(X, 5, 2), Weights), Copies.Repeat(Labels, Weights), null)));
    }

    public static TheoryData<string> Absence => [nameof(LabelNoise), nameof(TargetNoise), nameof(VirtualAdversarial), nameof(Contractive)];

    /// <summary>The numbers drawn for the first examples do not depend on those behind them.</summary>
    [Theory]
    [MemberData(nameof(Absence))]
    public void Examples_of_weight_0_are_not_there(string name)
    {
        Regularizer regularizer = name == nameof(Contractive)
            ? new Contractive(0.3, "code") { Projections = 4 }
            : (Regularizer)RegularizerTable.Rows[name].Case.Make!();
        bool real = name == nameof(TargetNoise);
        Variable target = real ? DoubleModel.Tensor([.. X.Select(Math.Sin)], 5, 2) : Labels;
        var first = Variable.Of(Value.Of([0L, 1, 2], 3));
        Same(
            regularizer.Penalty(Make(DoubleModel.Tensor(X, 5, 2), target, Copies.Weight([1, 1, 1, 0, 0]), real)),
            regularizer.Penalty(Make(DoubleModel.Tensor(X[..6], 3, 2), target.Gather(first), null, real)));
    }

    [Fact]
    public void Mixtures_of_weighted_examples_are_on_average_those_of_copies()
    {
        (double mean, double error) = Average(DoubleModel.Tensor(X, 5, 2), Run.Labels(0, 1, 1, 1, 0), Copies.Weight(Weights));
        (double expected, double other) = Average(
            Copies.Repeat(DoubleModel.Tensor(X, 5, 2), Weights), Copies.Repeat(Run.Labels(0, 1, 1, 1, 0), Weights), null);
        (double plain, _) = Average(DoubleModel.Tensor(X, 5, 2), Run.Labels(0, 1, 1, 1, 0), null);
        Assert.InRange(Math.Abs(mean - expected), 0, 4 * (error + other));
        Assert.True(Math.Abs(plain - expected) > 6 * (error + other), "Without weights it is something else.");

        (double Mean, double Error) Average(Variable x, Variable labels, Variable? weight)
        {
            const int Draws = 1000;
            var context = new ForwardContext(Mode.Training) { Weight = weight };
            var model = new DoubleModel((input, p, _) => input.MatMul(p[0]).Tanh().MatMul(p[1]), parameters);
            Variable penalty = new Mixup(1).Penalty(new Objective(model, new SoftmaxCrossEntropy(), x, labels, context));
            var function = Function.Compile([], [penalty], context.Updates, new ExecutionOptions { Threads = 1 });
            double[] values = [.. Enumerable.Range(0, Draws).Select(_ => function.Run()[0].Scalar())];
            double mean = values.Average();
            return (mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) / Draws));
        }
    }

    private void Same(Variable weighted, Variable expected)
    {
        Assert.Equal(Run.Number(expected), Run.Number(weighted), 1e-11);
        foreach (Parameter parameter in parameters.Take(3))
            Run.Close(DoubleModel.GradientOf(expected, parameter), DoubleModel.GradientOf(weighted, parameter), 1e-10);
    }

    private Objective Make(Variable x, Variable target, Variable? weight, bool real = false)
    {
        var model = new DoubleModel(
            (input, p, c) =>
            {
                Variable sum = input.MatMul(p[0].Variable + (0.5 * p[2].Variable));
                Variable code = (sum - (0.5 * c.Mean(sum).Reshape([1, 3]))).Sigmoid();
                c.Register("code", code);
                c.Register("code.variance", 3.0 * code.Square());
                c.Update(p[3], p[3].Variable + 1.0);
                return code.MatMul(p[1]);
            },
            parameters);
        Loss loss = real ? new MeanSquaredError() : new LabelledOnly(new SoftmaxCrossEntropy());
        return new Objective(model, loss, x, target, new ForwardContext(Mode.Training) { Weight = weight });
    }
}
