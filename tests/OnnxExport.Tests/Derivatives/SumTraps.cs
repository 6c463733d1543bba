using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Long sums in float32 keep their digits: blocks are joined pairwise. ONNX Runtime adds in its own order.</summary>
internal static class SumTraps
{
    private const int Long = 10_000_000;
    private const string Order = "it adds in another order";
    private static readonly IReadOnlyList<DType> Single = [DType.Float32];

    public static IEnumerable<Trap> All =>
    [
        new("mean of 10⁷ ones", x => Ops.Mean(Many(x, 1, Long)), [1], 0, [1]) { Types = Single, RuntimeDiffers = Order },
        new("sum over axis 0 of [2.5·10⁶, 4] ones", x => Ops.Sum(Ops.Expand(x, [2_500_000, 4]), [0]), [1], 0, [2_500_000, 2_500_000, 2_500_000, 2_500_000]) { Types = Single, RuntimeDiffers = Order },
        new("product of 10⁷ tenths with tenths", x => Ops.MatMul(Many(x, 1, Long), Many(x, Long, 1)), [0.1], 0, [100_000.003]) { Types = Single, RuntimeDiffers = Order },
        new("gradient of a scalar that was broadcast to 10⁷", x => Many(x, 1, Long), [1], 1, [Long]) { Types = Single, RuntimeDiffers = Order },
        new("sum of 10⁷ squares of tenths", x => Ops.Sum(Ops.Square(Many(x, 1, Long))), [0.1], 0, [100_000.003]) { Types = Single, RuntimeDiffers = Order },
    ];

    private static Variable Many(Variable x, int rows, int columns) => Ops.Expand(x, [rows, columns]);
}
