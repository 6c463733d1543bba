using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Maxima, their places and pooling at ties, infinities and NaN; gathers that take an element twice.</summary>
internal static class SelectionTraps
{
    private const double Least = double.NegativeInfinity;

    public static IEnumerable<Trap> All =>
    [
        new("maximum over an axis, tie", x => Ops.ReduceMax(x, [0]), [1, 1], 1, [0.5, 0.5]),
        new("maximum over an axis with NaN", x => Ops.ReduceMax(x, [0]), [1, double.NaN, 3], 0, [double.NaN]) { RuntimeDiffers = "its ReduceMax passes over NaN in some places" },
        new("argmax with NaN", x => Ops.Cast(Ops.ArgMax(x, 0), x.DType), [1, double.NaN, 3], 0, [1]),
        new("float of argmax", x => Ops.Cast(Ops.ArgMax(x, 0), x.DType), [1, 3, 2], 1, [0, 0, 0]),
        new("one-hot of argmax times x", x => Ops.Sum(Ops.OneHot(Ops.ArgMax(x, 0), 3, x.DType) * x), [1, 3, 2], 1, [0, 1, 0]),
        new("gather [0 0 1]", x => Ops.Gather(x, Ops.Integers(0, 0, 1)), [5, 7], 1, [2, 1]),
        new("pooling 2×2, all equal", Pool, [1, 1, 1, 1], 1, [1, 0, 0, 0]) { Shape = [1, 1, 2, 2] },
        new("pooling 2×2, all −∞", Pool, [Least, Least, Least, Least], 0, [Least]) { Shape = [1, 1, 2, 2], RuntimeDiffers = "its pooling starts from the least finite number" },
        new("pooling 2×2, all −∞", Pool, [Least, Least, Least, Least], 1, [1, 0, 0, 0]) { Shape = [1, 1, 2, 2], RuntimeDiffers = "its pooling gives no place where all are −∞" },
        new("pooling 2×2 with NaN", Pool, [1, double.NaN, 3, 2], 0, [double.NaN]) { Shape = [1, 1, 2, 2], RuntimeDiffers = "its pooling passes over NaN" },
        new("pooling 2×2 with NaN in first place", Pool, [double.NaN, 1, 3, 2], 0, [double.NaN]) { Shape = [1, 1, 2, 2], RuntimeDiffers = "its pooling passes over NaN" },
        new("product over an empty axis", x => new ReduceProd(KeepDims: false).Apply(x, Ops.Integers(1)), [], 0, [1, 1]) { Shape = [2, 0] },
        new("product over an empty axis", x => new ReduceProd(KeepDims: false).Apply(x, Ops.Integers(1)), [], 1, []) { Shape = [2, 0], RuntimeDiffers = "its Scan takes no turns without elements" },
        new("mean over an empty axis", x => Ops.Mean(x), [], 0, [double.NaN]) { Shape = [0], RuntimeDiffers = "it gives 0" },
    ];

    private static Variable Pool(Variable x) => Ops.MaxPool(x, new PoolingOptions { Kernel = [2, 2], Strides = [2, 2] });
}
