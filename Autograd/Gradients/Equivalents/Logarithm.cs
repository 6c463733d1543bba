using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>
/// The logarithm of a product, a quotient, a power, an exponential, a sigmoid, a softmax, or a sum of exponentials, as the sum of logarithms or the number that it is: what stands below the logarithm may overflow, underflow or be
/// rounded to 1. So ln(eˣ/Σeˣ) is x − ln Σeˣ, whose derivative is the target's share less the predicted one (book section 6.2.2.3), and ln σ(x) is −ζ(−x).
/// </summary>
internal sealed class Logarithm : Equivalent
{
    // Deep enough for what is written by hand; a bound, since products may be long chains.
    private const int Depth = 12;

    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node, Sight see) => node.Operation is Log ? Inside(node.Inputs[0], Depth, see) : null;

    /// <summary>The logarithm of a sum of exponentials, and the exponents; null for anything else.</summary>
    public static (Variable Same, IReadOnlyList<Variable> Behind)? OfExponentials(Variable variable, Sight see) => see.Producer(variable) switch
    {
        { Operation: Add } sum when ExponentOf(sum.Inputs[0], see) is { } a && ExponentOf(sum.Inputs[1], see) is { } b => (OfTwo(a, b, see), [a, b]),
        { Operation: ReduceSum sum } node when see.Producer(node.Inputs[0]) is { Operation: Exp } power && !IsShifted(power.Inputs[0]) =>
            (new ReduceLogSumExp(sum.KeepDims, sum.NoopWithEmptyAxes).Apply(power.Inputs[0], node.Inputs.Optional(1)), [power.Inputs[0]]),
        { Operation: Cosh } node => (OfCosh(node.Inputs[0]), [node.Inputs[0]]),
        _ => null,
    };

    /// <summary>The x of eˣ, the constant 0 for 1; null for anything else.</summary>
    public static Variable? ExponentOf(Variable variable, Sight see) => see.Producer(variable) is { Operation: Exp } power ? power.Inputs[0]
        : see.IsOne(variable) ? Variable.Of(Value.Zeros(variable.DType, variable.Shape.ToSizes()))
        : null;

    /// <summary>The logarithm of what a variable is computed from; null where nothing better than the logarithm of the variable is known.</summary>
    private static (Variable Same, IReadOnlyList<Variable> Behind)? Inside(Variable variable, int depth, Sight see) => depth == 0 ? null : OfExponentials(variable, see) ?? see.Producer(variable) switch
    {
        { Operation: Exp } node => (node.Inputs[0], [node.Inputs[0]]),
        { Operation: Sigmoid } node => (-Ops.Softplus(-node.Inputs[0]), [node.Inputs[0]]),
        { Operation: Softmax softmax } node => (Ops.LogSoftmax(node.Inputs[0], softmax.Axis), [node.Inputs[0]]),
        { Operation: Sub } node when see.IsOne(node.Inputs[0]) && see.Producer(node.Inputs[1]) is { Operation: Sigmoid } share => (-Ops.Softplus(share.Inputs[0]), [share.Inputs[0]]),
        { Operation: Sub } node when see.IsOne(node.Inputs[0]) && see.Producer(node.Inputs[1]) is { Operation: Exp } power => (Below(power.Inputs[0]), [power.Inputs[0]]),
        { Operation: Sub } node when see.IsOne(node.Inputs[1]) && see.Producer(node.Inputs[0]) is { Operation: Exp } power => (power.Inputs[0] + Below(-power.Inputs[0]), [power.Inputs[0]]),
        { Operation: ExpM1 } node => (node.Inputs[0] + Below(-node.Inputs[0]), [node.Inputs[0]]),
        { Operation: ReduceProd product } node => (new ReduceSum(product.KeepDims, product.NoopWithEmptyAxes).Apply(Ops.Log(node.Inputs[0]), node.Inputs.Optional(1)), [node.Inputs[0]]),
        { Operation: ReduceMean mean } node when OfExponentials(new ReduceSum(mean.KeepDims, mean.NoopWithEmptyAxes).Apply(node.Inputs[0], node.Inputs.Optional(1)), see) is var (sum, behind) =>
            (sum - Ops.Log(Ops.Cast(Count(node), sum.DType)), behind),
        { Operation: Mul } node when node.Inputs[0] == node.Inputs[1] => Scaled(2, node.Inputs[0], depth, see),
        { Operation: Pow } node when see.Constant(node.Inputs[1]) is { Count: 1 } power && double.IsInteger(power[0]) && power[0] != 0 => Scaled(power[0], node.Inputs[0], depth, see),
        { Operation: Mul } node => Joined(node, Ops.Add, depth, see),
        { Operation: Div } node => Joined(node, Ops.Sub, depth, see),
        _ => null,
    };

    private static (Variable Same, IReadOnlyList<Variable> Behind) OrPlain(Variable variable, int depth, Sight see) => Inside(variable, depth, see) ?? (Ops.Log(variable), [variable]);

    private static (Variable Same, IReadOnlyList<Variable> Behind) Scaled(double factor, Variable variable, int depth, Sight see)
    {
        (Variable same, IReadOnlyList<Variable> behind) = OrPlain(variable, depth - 1, see);
        return (factor * same, behind);
    }

    private static (Variable Same, IReadOnlyList<Variable> Behind) Joined(Node node, Func<Variable, Variable, Variable> join, int depth, Sight see)
    {
        ((Variable left, IReadOnlyList<Variable> before), (Variable right, IReadOnlyList<Variable> after)) = (OrPlain(node.Inputs[0], depth - 1, see), OrPlain(node.Inputs[1], depth - 1, see));
        return (join(left, right), [.. before, .. after]);
    }

    /// <summary>ln(eᵃ + eᵇ).</summary>
    private static Variable OfTwo(Variable a, Variable b, Sight see) => see.IsNumber(a, 0) ? Ops.Softplus(b + a) : see.IsNumber(b, 0) ? Ops.Softplus(a + b) : a + Ops.Softplus(b - a);

    /// <summary>Whether a constant has been taken from the exponents already, as this equal form itself does.</summary>
    private static bool IsShifted(Variable exponent) => exponent.Producer is { Operation: Sub } node && node.Inputs[1].Producer?.Operation is StopGradient;

    /// <summary>How many elements of a mean go into one of its results.</summary>
    private static Variable Count(Node mean) => Ops.Div(Size(mean.Inputs[0]), Size(mean.Outputs[0]));

    private static Variable Size(Variable variable) => new ReduceProd(KeepDims: false).Apply(Ops.ShapeOf(variable));

    /// <summary>ln(1 − eˣ), x &lt; 0.</summary>
    private static Variable Below(Variable x) => Ops.Log(-Ops.ExpM1(x));

    private static Variable OfCosh(Variable x) => Ops.WithGradient(x, v => Ops.Log(Ops.Cosh(v)), (v, _, g) => g * Ops.Tanh(v));
}
