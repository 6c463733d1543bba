using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Functions that are differentiated as others of the same value, in each way to write them, along every axis; and functions that look like them and are not.</summary>
internal static class EqualFormTraps
{
    private const double Infinity = double.PositiveInfinity;

    private const double Share = Math.E / (1 + Math.E);

    private static readonly DType[] Single = [DType.Float32];

    public static IEnumerable<Trap> All => [.. Exponentials, .. Softmaxes, .. Products, .. Norms, .. Roots];

    private static IEnumerable<Trap> Exponentials =>
    [
        new("log(eˣ + 1), the 1 behind", x => Ops.Log(Ops.Exp(x) + 1), [1e4, 0], 1, [1, 0.5]),
        new("log(1 + eˣ), the 1 a matrix", x => Ops.Log(Ops.Add(One(x), Ops.Exp(x))), [1e4, 0], 1, [1, 0.5]),
        new("log(2 + eˣ)", x => Ops.Log(2 + Ops.Exp(x)), [0, 1], 1, [1 / 3.0, Math.E / (2 + Math.E)]),
        new("1/(eˣ + 1), the 1 behind", x => 1 / (Ops.Exp(x) + 1), [1e4, 0], 1, [0, -0.25]),
        new("1/(1 + eˣ), the numerator a matrix", x => Ops.Div(One(x), 1 + Ops.Exp(x)), [1e4, 0], 1, [0, -0.25]),
        new("1/(1 + eˣ), the 1 of the sum a matrix", x => 1 / Ops.Add(One(x), Ops.Exp(x)), [0, 1], 1, [-0.25, -Share / (1 + Math.E)]),
        new("2/(1 + eˣ)", x => 2 / (1 + Ops.Exp(x)), [0], 1, [-0.5]),
        new("1/(2 + eˣ)", x => 1 / (2 + Ops.Exp(x)), [0], 1, [-1 / 9.0]),
    ];

    private static IEnumerable<Trap> Softmaxes =>
    [
        new("log of softmax of columns", x => Ops.Log(Ops.Softmax(x, 0)), [1e4, 0, 1, 0], 1, [-1, -2e-7, 1, -2e-7]) { AtMost = [-1, 2e-7, 1, 2e-7], Shape = [2, 2] },
        new("log of softmax of rows", x => Ops.Log(Ops.Softmax(x, 1)), [1e4, 0, 1, 0], 1, [-1, 1, 1 - (2 * Share), (2 * Share) - 1]) { Shape = [2, 2] },
        new("log(eˣ/Σeˣ) of columns", x => Ops.Log(Ops.Exp(x) / Ops.Sum(Ops.Exp(x), [0])), [1e4, 0, 1, 0], 1, [-1, -2e-7, 1, -2e-7]) { AtMost = [-1, 2e-7, 1, 2e-7], Shape = [2, 2] },
        new("log(eˣ/Σeˣ) of rows", x => Ops.Log(Ops.Exp(x) / Ops.Sum(Ops.Exp(x), [1], keepDims: true)), [1e4, 0, 1, 0], 1, [-1, 1, 1 - (2 * Share), (2 * Share) - 1]) { Shape = [2, 2] },
        new("log(eˣ/Σe²ˣ)", x => Ops.Log(Ops.Exp(x) / Ops.Sum(Ops.Exp(2 * x))), [0, 0], 1, [-1, -1]),
        new("log(eˣ/eˣ), a sum over no axis", x => Ops.Log(Ops.Exp(x) / new ReduceSum(KeepDims: false, NoopWithEmptyAxes: true).Apply(Ops.Exp(x))), [1e4, 0], 1, [0, 0]),
    ];

    private static IEnumerable<Trap> Products =>
    [
        new("log Πx of rows", x => Ops.Log(new ReduceProd(KeepDims: false).Apply(x, Ops.Integers(1))), [1e-30, 1e-30, 2, 4], 1, [1e30, 1e30, 0.5, 0.25]) { Shape = [2, 2], Types = Single },
        new("log Πx of columns", x => Ops.Log(new ReduceProd().Apply(x, Ops.Integers(0))), [1e-30, 2, 1e-30, 4], 1, [1e30, 0.5, 1e30, 0.25]) { Shape = [2, 2], Types = Single },
        new("log Πx, a product over no axis", x => Ops.Log(new ReduceProd(KeepDims: false, NoopWithEmptyAxes: true).Apply(x)), [4, 2], 1, [0.25, 0.5]),
    ];

    private static IEnumerable<Trap> Norms =>
    [
        new("√Σx² of rows, one of them 0", x => Ops.Sqrt(Ops.Sum(x * x, [1])), [0, 0, 3e25, 4e25], 1, [0, 0, 0.6, 0.8]) { Shape = [2, 2] },
        new("√Σx² of columns, one of them 0", x => Ops.Sqrt(Ops.Sum(x * x, [0], keepDims: true)), [0, 3e25, 0, 4e25], 1, [0, 0.6, 0, 0.8]) { Shape = [2, 2] },
        new("√Σ pow(x, 2), squares overflow", x => Ops.Sqrt(Ops.Sum(Power(x, 2))), [3e25, 4e25], 1, [0.6, 0.8]),
        new("√Σx², one element infinite", x => Ops.Sqrt(Ops.Sum(x * x)), [Infinity, 1], 1, [double.NaN, 0]),
        new("√x², a sum over no axis", x => Ops.Sqrt(new ReduceSum(KeepDims: false, NoopWithEmptyAxes: true).Apply(x * x)), [-3e25, 2], 1, [-1, 1]),
    ];

    /// <summary>Roots of what is 0: the gradient is 0 where the sum is flat there, and infinite where it is not.</summary>
    private static IEnumerable<Trap> Roots =>
    [
        new("√(Σx²·3)", x => Ops.Sqrt(Ops.Sum(x * x) * 3), [0, 0], 1, [0, 0]),
        new("√(3·Σx²)", x => Ops.Sqrt(3 * Ops.Sum(x * x)), [0, 0], 1, [0, 0]),
        new("√(Σx²·Σx⁴)", x => Ops.Sqrt(Ops.Sum(x * x) * Ops.Sum(Power(x, 4))), [0, 0], 1, [0, 0]),
        new("√(Σ|x|³)", x => Ops.Sqrt(Ops.Sum(Power(Ops.Abs(x), 3))), [0, 0], 1, [0, 0]),
        new("√(Σx²/n), n read from the shape", x => Ops.Sqrt(Ops.Sum(x * x) / Ops.Cast(Ops.Gather(Ops.ShapeOf(x), Ops.Integers(0)), x.DType)), [0, 0], 1, [0, 0]),
        new("√ of the greatest square", x => Ops.Sqrt(Ops.ReduceMax(x * x, [0])), [0, 0], 1, [0, 0]),
        new("√ of a mean in another type", x => Ops.Sqrt(Ops.Cast(Ops.Mean(x * x), x.DType == DType.Float32 ? DType.Float64 : DType.Float32)), [0, 0], 1, [0, 0]),
        new("√ of squares in another order", x => Ops.Sqrt(Ops.Transpose(Ops.Reshape(x * x, [2, 2]), [1, 0])), [0, 1, 0, -1], 1, [0, 1, 0, -1]),
        new("√Σx³, whose terms are not 0", x => Ops.Sqrt(Ops.Sum(Power(x, 3))), [1, -1], 1, [Infinity, Infinity]),
        new("√(x₁² − x₀²) by a factor of −1", x => Ops.Sqrt((Square(x, 0) * -1) + Square(x, 1)), [1, 1], 1, [-Infinity, Infinity]),
        new("√(x₀² + x₁)", x => Ops.Sqrt(Square(x, 0) + Ops.Slice(x, 0, 1, 2)), [1, -1], 1, [Infinity, Infinity]),
        new("√(x₀²/x₁ + x₂²)", x => Ops.Sqrt((Square(x, 0) / Ops.Slice(x, 0, 1, 2)) + Square(x, 2)), [1, -1, 1], 1, [-Infinity, -Infinity, Infinity]),
    ];

    private static Variable Square(Variable x, int place)
    {
        Variable one = Ops.Slice(x, 0, place, place + 1);
        return one * one;
    }

    private static Variable One(Variable x) => Variable.Of(Value.Full(1, x.DType, 1, 1));

    private static Variable Power(Variable x, double p) => Ops.Pow(x, Variable.Scalar(p, x.DType));
}
