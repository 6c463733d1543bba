using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Norms of every order, distances, angles, spreads and normalizations of what is 0, constant, very long, very short or far from 0.</summary>
internal static class DistanceTraps
{
    private static readonly DType[] Single = [DType.Float32], Double = [DType.Float64];

    private static readonly double Half = Math.Sqrt(0.5);

    public static IEnumerable<Trap> All => [.. Norms, .. Distances, .. Spreads];

    private static IEnumerable<Trap> Norms =>
    [
        new("‖x‖₁ by ReduceL1", x => new ReduceL1(KeepDims: false).Apply(x), [0, -2], 1, [0, -1]),
        new("‖x‖₁ by ReduceL1", x => new ReduceL1(KeepDims: false).Apply(x), [0, -2], 2, [0, 0]),
        new("greatest magnitude", x => Ops.ReduceMax(Ops.Abs(x), [0]), [0, 0], 1, [0, 0]),
        new("greatest magnitude, tie", x => Ops.ReduceMax(Ops.Abs(x), [0]), [2, -2], 1, [0.5, -0.5]),
        .. from p in new[] { 1.5, 3.0, 4.0 } select new Trap($"norm of order {p}", x => Power(Ops.Sum(Power(Ops.Abs(x), p)), 1 / p), [0, 0], 1, [0, 0]),
        new("norm of order 3", x => Power(Ops.Sum(Power(Ops.Abs(x), 3)), 1.0 / 3), [2, -2], 1, [Math.Pow(2, -2.0 / 3), -Math.Pow(2, -2.0 / 3)]),
        .. from p in new[] { 1, 2, 3 } select new Trap($"norm of order {p} by GlobalLpPool", x => new GlobalLpPool(p).Apply(x), [0, 0, 0, 0], 1, [0, 0, 0, 0]) { Shape = [1, 1, 2, 2], RuntimeTypes = Single },
        new("√(x·x)", x => Ops.Sqrt(x * x), [0, -3], 1, [0, -1]),
        new("√(x·x), squares underflow", x => Ops.Sqrt(x * x), [-1e-25, 1e25], 1, [-1, 1]) { Types = Single },
        new("√(x·x), squares underflow", x => Ops.Sqrt(x * x), [-1e-200, 1e200], 1, [-1, 1]) { Types = Double },
        new("(x²)^½", x => Power(Power(x, 2), 0.5), [0, -3], 1, [0, -1]),
        new("√(x₀² + x₁²)", Hypotenuse, [0, 0], 1, [0, 0]),
        new("√(x₀² + x₁²), squares overflow", Hypotenuse, [3e25, -4e25], 1, [0.6, -0.8]) { Types = Single },
        new("√(x₀² + x₁²), squares overflow", Hypotenuse, [3e200, -4e200], 1, [0.6, -0.8]) { Types = Double },
        new("√(x₀² + x₁²), squares underflow", Hypotenuse, [3e-200, -4e-200], 1, [0.6, -0.8]) { Types = Double },
        new("√(1 + x²)", x => Ops.Sqrt(1 + (x * x)), [0, 1, -1e25], 1, [0, Half, -1]) { Types = Single },
        new("√(1 + x²)", x => Ops.Sqrt(1 + (x * x)), [0, 1, -1e200], 1, [0, Half, -1]) { Types = Double },
        new("√(1 + x²)", x => Ops.Sqrt(1 + (x * x)), [0, 1], 2, [1, Half / 2]),
        new("√(1 + Σx²)", x => Ops.Sqrt(Ops.Sum(x * x) + 1), [3e25, 4e25], 1, [0.6, 0.8]) { Types = Single },
        new("|x|^1.5", x => Power(Ops.Abs(x), 1.5), [0, -4], 1, [0, -3]),
        new("mean of ‖rows‖, one of them 0", x => Ops.Mean(Ops.Sqrt(Ops.Sum(x * x, [1]))), [0, 0, 3, 4], 1, [0, 0, 0.3, 0.4]) { Shape = [2, 2] },
        new("(‖x‖ − 1)²", x => Ops.Square(Ops.Sqrt(Ops.Sum(x * x)) - 1), [0, 0], 1, [0, 0]),
        new("1/max(‖x‖, ½)", x => 1 / Ops.Max(Ops.Sqrt(Ops.Sum(x * x)), 0.5), [0, 0], 1, [0, 0]),
    ];

    private static IEnumerable<Trap> Distances =>
    [
        new("distances of all pairs, two equal", Pairs, [1, 2, 1, 2, 1, 4], 1, [0, -2, 0, -2, 0, 4]) { Shape = [3, 2] },
        new("cosine similarity of a zero vector, length at least 10⁻⁸", x => Cosine(x, 1e-8), [0, 0], 1, [3e8 / 5, 4e8 / 5]) { Tolerance = 1e-5 },
        new("cosine similarity of parallel vectors", x => Cosine(x, 1e-8), [3, 4], 1, [-1e-7, -1e-7]) { AtMost = [1e-7, 1e-7] },
        new("cosine similarity, long vectors", x => Cosine(x, 1e-8), [4e18, -3e18], 1, [1.2e-19, 1.6e-19]) { Tolerance = 1e-5 },
        new("triplet loss of equal points", x => Ops.Relu(Ops.Sqrt(Ops.Sum(Ops.Square(x - x.StopGradient()))) - Ops.Sqrt(Ops.Sum(x * x)) + 10), [3, 4], 1, [-0.6, -0.8]),
        new("contrastive loss of equal points", x => Ops.Square(Ops.Relu(1 - Ops.Sqrt(Ops.Sum(Ops.Square(x - x.StopGradient()))))), [3, 4], 1, [0, 0]),
        new("arccos of a clipped cosine", x => new Acos().Apply(Ops.Clip(x, -1, 1)), [1.5, 0, -2], 1, [0, -1, 0]) { RuntimeTypes = Single },
        new("angle by atan2", x => Ops.Atan2(Ops.Slice(x, 0, 0, 1), Ops.Slice(x, 0, 1, 2)), [0, -1], 1, [-1, 0]) { RuntimeTypes = Single },
        new("angle by atan2, long", x => Ops.Atan2(Ops.Slice(x, 0, 0, 1), Ops.Slice(x, 0, 1, 2)), [1e25, 1e25], 1, [5e-26, -5e-26]) { Types = Single },
        new("angle by atan2, long", x => Ops.Atan2(Ops.Slice(x, 0, 0, 1), Ops.Slice(x, 0, 1, 2)), [1e200, 1e200], 1, [5e-201, -5e-201]) { Types = Double, RuntimeTypes = Single },
        new("angle by atan2, short", x => Ops.Atan2(Ops.Slice(x, 0, 0, 1), Ops.Slice(x, 0, 1, 2)), [1e-25, 1e-25], 1, [5e24, -5e24]) { Types = Single },
        new("angle by atan2, short", x => Ops.Atan2(Ops.Slice(x, 0, 0, 1), Ops.Slice(x, 0, 1, 2)), [1e-200, 1e-200], 1, [5e199, -5e199]) { Types = Double, RuntimeTypes = Single },
    ];

    private static IEnumerable<Trap> Spreads =>
    [
        new("standard deviation of one value", x => Ops.Sqrt(Variance(x)), [3], 1, [0]),
        new("variance of one value", Variance, [3], 1, [0]),
        new("variance, large mean", Variance, [1e6, 1e6 + 0.5, 1e6 + 1], 0, [1 / 6.0]),
        new("variance, large mean", Variance, [1e6, 1e6 + 0.5, 1e6 + 1], 1, [-1 / 3.0, 0, 1 / 3.0]),
        new("variance, large mean", Variance, [1e12, 1e12 + 0.5, 1e12 + 1], 1, [-1 / 3.0, 0, 1 / 3.0]) { Types = Double },
        new("deviation over mean", x => Ops.Sqrt(Variance(x)) / Ops.Mean(x), [2, 2], 1, [0, 0]),
        new("layer normalization of a constant row, first result", x => First(new LayerNormalization().Apply(x, Full(x, 1), Full(x, 0))), [2, 2], 1, [0.5 / Math.Sqrt(1e-5), -0.5 / Math.Sqrt(1e-5)]) { Shape = [1, 2], Tolerance = 1e-5 },
        new("layer normalization, large mean", x => new LayerNormalization().Apply(x, Full(x, 1), Full(x, 0)), [1e6, 1e6 + 0.5, 1e6 + 1], 0, [-1.22470813, 0, 1.22470813]) { Shape = [1, 3], Types = Single, RuntimeDiffers = "it subtracts the mean of another order of sums" },
        new("mean and variance normalization of a constant", x => new MeanVarianceNormalization([0, 1]).Apply(x), [2, 2], 0, [0, 0]) { Shape = [1, 2], RuntimeDiffers = "it divides by 0" },
        new("x/√(mean x² + 10⁻⁶)", x => x / Ops.Sqrt(Ops.Mean(x * x) + 1e-6), [0, 0], 1, [1e3, 1e3]) { Tolerance = 1e-5 },
        new("x/‖x‖₁ of zeros by LpNormalization", x => new LpNormalization(0, 1).Apply(x), [0, 0], 0, [0, 0]),
    ];

    private static Variable Power(Variable x, double p) => Ops.Pow(x, Variable.Scalar(p, x.DType));

    private static Variable Hypotenuse(Variable x)
    {
        (Variable a, Variable b) = (Ops.Slice(x, 0, 0, 1), Ops.Slice(x, 0, 1, 2));
        return Ops.Sqrt((a * a) + (b * b));
    }

    /// <summary>Each pair is counted twice.</summary>
    private static Variable Pairs(Variable x)
    {
        Variable difference = Ops.Reshape(x, [3, 1, 2]) - Ops.Reshape(x, [1, 3, 2]);
        return Ops.Sqrt(Ops.Sum(difference * difference, [2]));
    }

    private static Variable Cosine(Variable x, double least)
    {
        Variable other = Variable.Of(Value.Of([3.0, 4.0], 2)).Cast(x.DType);
        return Ops.Sum(x * other) / (Ops.Max(Ops.Sqrt(Ops.Sum(x * x)), least) * Ops.Sqrt(Ops.Sum(other * other)));
    }

    private static Variable Variance(Variable x) => Ops.Mean(Ops.Square(x - Ops.Mean(x)));

    private static Variable First(Variable x) => Ops.Slice(x, 1, 0, 1);

    private static Variable Full(Variable x, double number) => Variable.Of(Value.Full(number, x.DType, x.Shape[1].Size));
}
