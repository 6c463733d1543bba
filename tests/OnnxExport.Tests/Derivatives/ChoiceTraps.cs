using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>A branch that was not taken contributes exactly 0, even if its value or derivative is infinite or NaN.</summary>
internal static class ChoiceTraps
{
    private const double Infinity = double.PositiveInfinity;

    public static IEnumerable<Trap> All =>
    [
        new("where(x > 0, √x, x)", x => Ops.Where(Ops.Greater(x, 0), Ops.Sqrt(x), x), [-1, -4], 1, [1, 1]),
        new("where(x ≤ 0, eˣ, 1 + x)", x => Ops.Where(LessOrEqual(x, 0), Ops.Exp(x), 1 + x), [100, 1000], 1, [1, 1]),
        new("where(x > 2, log₂ x, 2x)", x => Ops.Where(Ops.Greater(x, 2), Ops.Log(x) / Math.Log(2), 2 * x), [0], 1, [2]),
        new("where(x < 1, cos x, 0)", x => Ops.Where(Ops.Less(x, 1), Ops.Cos(x), 0), [Infinity], 1, [0]),
        new("where(x < 1, tan(1/x), 0)", x => Ops.Where(Ops.Less(x, 1), new Tan().Apply(1 / (x - 2)), 0), [2], 1, [0]) { RuntimeTypes = [DType.Float32] },
        new("min(eˣ, 1)", x => Ops.Min(Ops.Exp(x), 1), [90, 100, 710, 1000], 1, [0, 0, 0, 0]),
        new("max(−eˣ, −1)", x => Ops.Max(-Ops.Exp(x), -1), [90, 1000], 1, [0, 0]),
        new("max(log x, −5)", x => Ops.Max(Ops.Log(x), -5), [0, 1], 1, [0, 1]),
        new("max(log x, x − 9)", x => Ops.Max(Ops.Log(x), x - 9), [0, 1], 1, [1, 1]),
        new("clip(1/x, 0, 1)", x => Ops.Clip(1 / x, 0, 1), [0, 2], 1, [0, -0.25]),
        new("relu(log x)", x => Ops.Relu(Ops.Log(x)), [0, Math.E], 1, [0, 1 / Math.E]),
        new("relu(√x − 1)", x => Ops.Relu(Ops.Sqrt(x) - 1), [0, 4], 1, [0, 0.25]),
        new("where(x > 0, √x, 0)", x => Ops.Where(Ops.Greater(x, 0), Ops.Sqrt(x), 0), [0, 4], 1, [0, 0.25]),
        new("where(x > 0, √x, 0)", x => Ops.Where(Ops.Greater(x, 0), Ops.Sqrt(x), 0), [0, 4], 2, [0, -0.03125]),
        new("where(x > 0, log x, x²)", x => Ops.Where(Ops.Greater(x, 0), Ops.Log(x), x * x), [-1, 2], 2, [2, -0.25]),
        new("where(x > 0, √x, where(x > −2, x, log x))", x => Ops.Where(Ops.Greater(x, 0), Ops.Sqrt(x), Ops.Where(Ops.Greater(x, -2), x, Ops.Log(-x))), [4, -1, -4, 0], 1, [0.25, 1, -0.25, 1]),
        new("where(x = 0, 1, sin x / x)", x => Ops.Where(Ops.Equal(x, Zero(x)), 1, Ops.Sin(x) / x), [0], 1, [0]),
        new("where(x = 0, 1, sin x / x)", x => Ops.Where(Ops.Equal(x, Zero(x)), 1, Ops.Sin(x) / x), [0, 1e-4, 2], 2, [-1.0 / 3, -0.333333332333, -0.0192509384328]) { Tolerance = 1e-5 },
        new("where(x ≠ 0, (eˣ − 1)/x, 1)", x => Ops.Where(new Not().Apply(Ops.Equal(x, Zero(x))), (Ops.Exp(x) - 1) / x, 1), [0, 1e-4], 1, [0.5, 0.500033334583]),
        new("where(x > 0, √x·log x, 0), transposed", x => Ops.Where(Ops.Greater(x.Transpose(), 0), Ops.Transpose(Ops.Sqrt(x) * Ops.Log(x)), 0), [0, 1, -1, 1], 1, [0, 1, 0, 1]) { Shape = [2, 2] },
        new("where(x > 0, √x, 0), flattened", x => Ops.Where(Ops.Greater(Ops.Reshape(x, [4]), 0), Ops.Reshape(Ops.Sqrt(x), [4]), 0), [0, 1, -1, 4], 1, [0, 0.5, 0, 0.25]) { Shape = [2, 2] },
        new("sums of rows that are not taken", x => Ops.Where(Ops.Greater(Ops.Sum(x, [1]), 0), Ops.Sum(Ops.Sqrt(x), [1]), 0), [0, 0, 1, 4], 1, [0, 0, 0.5, 0.25]) { Shape = [2, 2] },
        new("products of rows that are not taken", x => Ops.Where(Ops.Greater(Ops.Sum(x, [1], keepDims: true), 0), x / Ops.Sum(x, [1], keepDims: true), 0), [0, 0, 1, 3], 1, [0, 0, 0, 0]) { Shape = [2, 2] },
        new("directions, zero vectors aside", Direction, [0, 0, 3, 4], 1, [0, 0, 0.128, -0.096]) { Shape = [2, 2] },
        new("a factor that is a broadcast choice", x => Ops.Where(Ops.Greater(Ops.Slice(x, 0, 0, 1), 0), Ops.Sqrt(Ops.Slice(x, 0, 0, 1)), 0) * Ops.Slice(x, 0, 1, 3), [0, 1, 2], 1, [0, 0, 0]),
        new("two choices of one variable", TwoChoices, [-1, 0.5, 2], 1, [0, 0.5 / Math.Sqrt(0.5), (0.5 / Math.Sqrt(2)) + 1]),
        new("(n/d)·mask with mask 0 where d = 0: a product is no choice", x => Ops.Slice(x, 0, 0, 1) / Ops.Slice(x, 0, 1, 2) * 0, [3, 0], 1, [double.NaN, double.NaN]),
        new("relu6 − clip(x, 0, 6)", x => Ops.Min(Ops.Relu(x), 6) - Ops.Clip(x, 0, 6), [0, 6], 1, [0, 0]),
        new("relu", x => Ops.Relu(x), [0], 1, [0]),
        new("max(x, 0)", x => Ops.Max(x, 0), [0], 1, [0]),
        new("max(0, x)", x => Ops.Max(Zero(x), x), [0], 1, [0]),
        new("max(x, x)", x => Ops.Max(x, x), [3], 1, [1]),
    ];

    private static Variable LessOrEqual(Variable x, double y) => Ops.GreaterOrEqual(Variable.Scalar(y, x.DType), x);

    private static Variable Zero(Variable x) => Variable.Scalar(0, x.DType);

    /// <summary>The first element of x/‖x‖ in each row, 0 for rows of zeros.</summary>
    private static Variable Direction(Variable x)
    {
        Variable norm = Ops.Sqrt(Ops.Sum(x * x, [1], keepDims: true));
        return Ops.Slice(Ops.Where(Ops.Greater(norm, 0), x / norm, 0), 1, 0, 1);
    }

    private static Variable TwoChoices(Variable x)
    {
        Variable y = Ops.Sqrt(x);
        return Ops.Where(Ops.Greater(x, 0), y, 0) + Ops.Where(Ops.Greater(x, 1), y * y, 0);
    }
}
