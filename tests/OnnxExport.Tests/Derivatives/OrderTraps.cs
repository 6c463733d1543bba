using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Ties, places that are taken or written twice, cumulative sums, determinants of singular matrices, and parts that nobody takes.</summary>
internal static class OrderTraps
{
    private const double Least = double.NegativeInfinity;

    private static readonly DType[] Single = [DType.Float32];

    public static IEnumerable<Trap> All =>
    [
        new("minimum over an axis, tie", x => Ops.ReduceMin(x, [0]), [1, 1, 2], 1, [0.5, 0.5, 0]),
        new("maximum over an axis of −∞", x => Ops.ReduceMax(x, [0]), [Least, Least], 1, [0.5, 0.5]),
        new("maximum of three equal variables", x => new Max().Apply(Part(x, 0), Part(x, 1)) + new Max().Apply(Part(x, 1), Part(x, 2)), [1, 1, 1], 1, [0.5, 1, 0.5]),
        new("greatest two, tie", x => new TopK(0).Apply(x, Ops.Integers(2)), [1, 3, 3, 3], 1, [0, 1, 1, 0]),
        new("sorted, ties", x => new TopK(0).Apply(x, Ops.Integers(4)) * Numbers(x, 1, 2, 3, 4), [2, 5, 2, 5], 1, [3, 1, 4, 2]),
        new("median as a place in the order", x => Ops.Slice(new TopK(0).Apply(x, Ops.Integers(3)), 0, 1, 2), [3, 1, 2], 1, [0, 0, 1]),
        new("gather of places from the end", x => Ops.Gather(x, Ops.Integers(-1, -1, 0)), [5, 7], 1, [1, 2]),
        new("gather of elements, one twice", x => new GatherElements(0).Apply(x, Ops.Integers(0, 0, 1)), [5, 7, 9], 1, [2, 1, 0]),
        new("gather of rows, one twice", x => new GatherND().Apply(x, Ops.Reshape(Ops.Integers(1, 1), [2, 1])), [1, 2, 3, 4], 1, [0, 0, 2, 2]) { Shape = [2, 2] },
        new("scattered sum into one place", x => new ScatterElements(0, ScatterReduction.Add).Apply(Numbers(x, 0, 0, 0), Ops.Integers(1, 1, 1), x), [1, 2, 3], 1, [1, 1, 1]),
        new("scattered product, data 0", x => new ScatterElements(0, ScatterReduction.Mul).Apply(x, Ops.Integers(0, 0, 2), Numbers(x, 2, 3, 5)), [0, 1, 1], 1, [6, 1, 5]),
        new("scattered maximum, the data win", x => new ScatterElements(0, ScatterReduction.Max).Apply(x, Ops.Integers(0), Numbers(x, -9)), [1, 2], 1, [1, 1]) { RuntimeDiffers = "the operator set of the export has no such reduction" },
        new("scattered maximum, the update wins", x => Part(new ScatterElements(0, ScatterReduction.Max).Apply(Numbers(x, 0, 0), Ops.Integers(0), x), 0), [4], 1, [1]) { RuntimeDiffers = "the operator set of the export has no such reduction" },
        new("written over", x => new ScatterElements(0).Apply(x, Ops.Integers(1), Numbers(x, 9)), [1, 2, 3], 1, [1, 0, 1]),
        new("cumulative sum", x => new CumSum().Apply(x, Variable.Scalar(0, DType.Int64)), [1, 2, 3], 1, [3, 2, 1]),
        new("cumulative sum of squares", x => new CumSum(true, true).Apply(x * x, Variable.Scalar(0, DType.Int64)), [1, 2, 3], 2, [0, 2, 4]),
        new("end of a cumulative sum of 10⁶ tenths", x => Ops.Slice(new CumSum().Apply(Ops.Expand(x, [1_000_000]), Variable.Scalar(0, DType.Int64)), 0, 999_999, 1_000_000), [0.1], 0, [100000.00149]) { Types = Single, RuntimeDiffers = "it adds one after the other" },
        new("determinant of a singular matrix", Determinant, [1, 2, 2, 4], 1, [4, -2, -2, 1]) { Shape = [2, 2] },
        new("determinant of a singular matrix of three rows", Determinant, [1, 2, 3, 4, 5, 6, 7, 8, 9], 1, [-3, 6, -3, 6, -12, 6, -3, 6, -3]) { Shape = [3, 3], Tolerance = 1e-5 },
        new("determinant of zeros", Determinant, [0, 0, 0, 0, 0, 0, 0, 0, 0], 1, [0, 0, 0, 0, 0, 0, 0, 0, 0]) { Shape = [3, 3] },
        new("determinant, the pivot 0", Determinant, [0, 1, 1, 0], 1, [0, -1, -1, 0]) { Shape = [2, 2] },
        new("determinant of zeros, second derivatives", Determinant, [0, 0, 0, 0], 2, [1, -1, -1, 1]) { Shape = [2, 2] },
        new("determinant of one number", Determinant, [0], 1, [1]) { Shape = [1, 1] },
        new("lower triangle beside NaN", x => new Trilu(false).Apply(x), [1, double.NaN, 3, 4], 1, [1, 0, 1, 1]) { Shape = [2, 2] },
        new("norm of nothing", x => new ReduceL2(KeepDims: false).Apply(x), [], 0, [0]) { Shape = [0] },
        new("mean of nothing", x => Ops.Mean(x), [], 1, []) { Shape = [0] },
        new("sum of nothing and a number", x => Ops.Sum(Ops.Slice(x, 0, 0, 0)) + Ops.Sum(x), [2], 1, [1]) { RuntimeDiffers = "its Expand gives one element where there are to be none" },
    ];

    private static Variable Determinant(Variable x) => new Det().Apply(x);

    private static Variable Part(Variable x, int place) => Ops.Slice(x, 0, place, place + 1);

    private static Variable Numbers(Variable like, params double[] numbers) => Variable.Of(Value.Of(numbers, numbers.Length)).Cast(like.DType);
}
