using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Norms, distances and standard deviations have the gradient 0 at 0, the subgradient of least norm, however they are written.</summary>
internal static class NormTraps
{
    private static readonly double[] Zeros = [0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static IEnumerable<Trap> All =>
    [
        new("√Σx²", Norm, [0, 0, 0], 1, [0, 0, 0]),
        new("√Σx²", Norm, [3, 4], 1, [0.6, 0.8]),
        new("√Σx²", Norm, [0, 0], 2, [0, 0]),
        new("(√Σx²)²", x => Ops.Square(Norm(x)), [0, 0, 0], 1, [0, 0, 0]),
        new("‖x‖ by ReduceL2", x => new ReduceL2(KeepDims: false).Apply(x), [0, 0, 0], 1, [0, 0, 0]),
        new("√Σx·x of a matrix", x => Ops.Sqrt(Ops.Sum(x * x)), Zeros, 1, Zeros) { Shape = [3, 3] },
        new("(Σx·x)^0.5 of a matrix", x => Power(Ops.Sum(x * x), 0.5), Zeros, 1, Zeros) { Shape = [3, 3] },
        new("√Σ pow(x, 2) of a matrix", x => Ops.Sqrt(Ops.Sum(Power(x, 2))), Zeros, 1, Zeros) { Shape = [3, 3] },
        new("√ of sums over rows, then columns", x => Ops.Sqrt(Ops.Sum(Ops.Sum(x * x, [1]))), Zeros, 1, Zeros) { Shape = [3, 3] },
        new("√Σ|x|² by pow", x => Ops.Sqrt(Ops.Sum(Power(Ops.Abs(x), 2))), Zeros, 1, Zeros) { Shape = [3, 3] },
        new("√Σ|x|·|x|", x => Ops.Sqrt(Ops.Sum(Ops.Abs(x) * Ops.Abs(x))), [0, 0], 1, [0, 0]),
        new("(Σ|x|³)^(1/3)", x => Power(Ops.Sum(Power(Ops.Abs(x), 3)), 1.0 / 3), [0, 0], 1, [0, 0]),
        new("√(2·Σx²/3)", x => Ops.Sqrt(2 * Ops.Sum(x * x) / 3), [0, 0], 1, [0, 0]),
        new("√(Σx² + Σx⁴)", x => Ops.Sqrt(Ops.Sum(x * x) + Ops.Sum(Power(x, 4))), [0, 0], 1, [0, 0]),
        new("distance of equal points", x => Ops.Sqrt(Ops.Sum(Ops.Square(Ops.Slice(x, 0, 0, 2) - Ops.Slice(x, 0, 2, 4)))), [1, 2, 1, 2], 1, [0, 0, 0, 0]),
        new("standard deviation", Deviation, [3, 3, 3], 1, [0, 0, 0]),
        new("standard deviation", Deviation, [3, 3, 3], 2, [0, 0, 0]),
        new("√ReduceSumSquare", x => Ops.Sqrt(new ReduceSumSquare(KeepDims: false).Apply(x)), [0, 0], 1, [0, 0]),
        new("√x alone", x => Ops.Sqrt(x), [0, 4], 1, [double.PositiveInfinity, 0.25]),
        new("√x alone", x => Ops.Sqrt(x), [0, 4], 2, [double.NegativeInfinity, -0.03125]),
        new("Σ√|x|", x => Ops.Sum(Power(Ops.Abs(x), 0.5)), [0], 1, [0]),
        new("x / max(‖x‖, 1e-12)", x => x / Ops.Max(Ops.Sqrt(Ops.Sum(x * x)), 1e-12), [0, 0, 0], 1, [1e12, 1e12, 1e12]),
        new("Σx / Σ|x|", x => Ops.Sum(x) / Ops.Sum(Ops.Abs(x)), [0, 0, 0, 0, 0.1996], 1, [5.01002004, 5.01002004, 5.01002004, 5.01002004, 0]) { AtMost = [5.01002005, 5.01002005, 5.01002005, 5.01002005, 5e-7] },
        new("√Σx², squares underflow", Norm, [1e-25, 0], 1, [1, 0]),
        new("√Σx², squares underflow even more", Norm, [1e-200, 0], 1, [1, 0]) { Types = [DType.Float64] },
        new("√Σx², squares overflow", Norm, [1e200, 0], 1, [1, 0]) { Types = [DType.Float64] },
        new("√Σx², squares overflow in float32", Norm, [3e25, 4e25], 1, [0.6, 0.8]),
        new("x / ‖x‖ by LpNormalization, squares underflow", x => new LpNormalization(0).Apply(x), [3e-25, 4e-25], 0, [0.6, 0.8]) { Types = [DType.Float32], RuntimeDiffers = "its squares underflow" },
        new("x / ‖x‖ by LpNormalization, squares underflow", x => new LpNormalization(0).Apply(x), [3e-200, 4e-200], 0, [0.6, 0.8]) { Types = [DType.Float64], RuntimeDiffers = "its squares underflow" },
        new("x / ‖x‖ by LpNormalization, squares overflow", x => new LpNormalization(0).Apply(x), [3e25, 4e25], 0, [0.6, 0.8]) { Types = [DType.Float32], RuntimeDiffers = "its squares overflow" },
        new("x / ‖x‖ by LpNormalization", x => new LpNormalization(0).Apply(x), [0, 0], 0, [0, 0]),
        new("first of x / ‖x‖ by LpNormalization", x => Ops.Slice(new LpNormalization(0).Apply(x), 0, 0, 1), [3, 4], 1, [0.128, -0.096]),
        new("|x|", x => Ops.Abs(x), [0], 2, [0]),
        new("x·|x|", x => x * Ops.Abs(x), [0], 1, [0]),
    ];

    private static Variable Norm(Variable x) => Ops.Sqrt(Ops.Sum(x * x));

    private static Variable Deviation(Variable x) => Ops.Sqrt(Ops.Mean(Ops.Square(x - Ops.Mean(x))));

    private static Variable Power(Variable x, double p) => Ops.Pow(x, Variable.Scalar(p, x.DType));
}
