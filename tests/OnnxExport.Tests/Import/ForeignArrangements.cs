using Toolkit.Autograd.Tensors;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Import.ForeignNodeTests;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Nodes of other programs that pick, place and arrange elements.</summary>
internal static class ForeignArrangements
{
    public static OneNode[] Nodes() => [.. Picking(), .. Placing(), .. Arranging()];

    private static OneNode[] Picking() =>
    [
        new OneNode("ArgMax", 13).Of(Value.Of([1f, 2, 2, 0], 2, 2)).With("axis", 1).With("select_last_index", 1).Gives(DataType.Int64),
        new OneNode("ArgMax", 13).Of(Value.Of([2f, 1, 2, 1], 2, 2)).With("select_last_index", 1).Gives(DataType.Int64),
        new OneNode("ArgMin", 13).Of(Value.Of([1f, 2, 1, 0], 2, 2)).With("axis", -1).With("keepdims", 0).Gives(DataType.Int64),
        new OneNode("ArgMin", 13).Of(Value.Of([1, 2, 1, 2], 2, 2)).With("select_last_index", 1).Gives(DataType.Int64),
        new OneNode("Compress", 11).Of(Numbers([3, 2])).Of(Value.Of([true, false, true], 3)).With("axis", 0),
        new OneNode("Compress", 11).Of(Numbers([2, 3])).Of(Value.Of([false, true], 2)).With("axis", -1),
        new OneNode("GatherElements", 13).Of(Numbers([3, 3])).Of(Value.Of([1L, 2, -3, 0], 2, 2)),
        new OneNode("GatherElements", 11).Of(Numbers([2, 3])).Of(Value.Of([1, -2, 0, 0, 2, 2, 1, 0], 2, 4)).With("axis", 1),
        new OneNode("GatherND", 13).Of(Numbers([4, 3])).Of(Value.Of([1L, 0, 2, -1], 4, 1)).With("batch_dims", 1),
        new OneNode("GatherND", 12).Of(Numbers([2, 2, 3])).Of(Value.Of([1L, 0, 2, 1], 2, 2, 1)).With("batch_dims", 2),
    ];

    private static OneNode[] Placing() =>
    [
        new OneNode("Scatter", 9).Of(Numbers([3, 3])).Of(Value.Of([1L, 0, 2, 2], 2, 2)).Of(Numbers([2, 2])).With("axis", 1),
        new OneNode("ScatterElements", 11).Of(Numbers([3, 3])).Of(Value.Of([1L, 0, 2, -1], 2, 2)).Of(Numbers([2, 2])),
        new OneNode("ScatterElements", 16).Of(Numbers([1, 3])).Of(Value.Of([1, 1], 1, 2)).Of(Numbers([1, 2])).With("axis", 1).With("reduction", "add"),
        new OneNode("ScatterElements", 16).Of(Numbers([1, 3])).Of(Value.Of([1L, 1], 1, 2)).Of(Numbers([1, 2])).With("axis", -1).With("reduction", "mul"),
        new OneNode("ScatterElements", 18).Of(Numbers([4])).Of(Value.Of([1L, 1, 3], 3)).Of(Numbers([3])).With("reduction", "max"),
        new OneNode("ScatterElements", 18).Of(Numbers([4])).Of(Value.Of([1L, 1, 3], 3)).Of(Numbers([3])).With("reduction", "min"),
        new OneNode("ScatterND", 16).Of(Numbers([4])).Of(Value.Of([3L, 1], 2, 1)).Of(Numbers([2])).With("reduction", "mul"),
        new OneNode("ScatterND", 18).Of(Numbers([4])).Of(Value.Of([3L, 1, 1], 3, 1)).Of(Numbers([3])).With("reduction", "max"),
        new OneNode("ScatterND", 18).Of(Numbers([4, 2])).Of(Value.Of([3L, 1], 2, 1)).Of(Numbers([2, 2])).With("reduction", "min"),
        new OneNode("OneHot", 9).Of(Value.Of([0f, 2, -1], 3)).Constant(Value.Of(4f)).Constant(Value.Of([-2f, 5f], 2)).With("axis", 0),
    ];

    private static OneNode[] Arranging() =>
    [
        new OneNode("CumSum", 11).Of(Numbers([2, 3])).Constant(Value.Of(1)),
        new OneNode("CumSum", 14).Of(Numbers([2, 3])).Constant(Value.Of(-2L)).With("exclusive", 1).With("reverse", 1),
        new OneNode("DepthToSpace", 1).Of(Numbers([1, 8, 2, 3])).With("blocksize", 2),
        new OneNode("DepthToSpace", 11).Of(Numbers([1, 8, 2, 3])).With("blocksize", 2).With("mode", "CRD"),
        new OneNode("SpaceToDepth", 13).Of(Numbers([2, 3, 4, 6])).With("blocksize", 2),
        new OneNode("EyeLike", 9).Of(Numbers([3, 4])).With("k", 1),
        new OneNode("EyeLike", 9).Of(Numbers([3, 4])).With("k", -1).With("dtype", (long)DataType.Int64).Gives(DataType.Int64),
        new OneNode("ReverseSequence", 10).Of(Numbers([4, 3])).Of(Value.Of([1L, 4, 2], 3)),
        new OneNode("ReverseSequence", 10).Of(Numbers([3, 4, 2])).Of(Value.Of([4L, 0, 3], 3)).With("batch_axis", 0).With("time_axis", 1),
        new OneNode("Size", 13).Of(Numbers([2, 3, 4])).Gives(DataType.Int64),
        new OneNode("Tile", 6).Of(Numbers([2, 3])).Constant(2, 2),
        new OneNode("Tile", 13).Of(Numbers([2, 3])).Of(Value.Of([1L, 3], 2)),
        new OneNode("ConstantOfShape", 9).Of(Value.Of([2L, 3], 2)),
        new OneNode("Trilu", 14).Of(Numbers([2, 3, 4])).Of(Value.Of(1L)),
        new OneNode("Trilu", 14).Of(Numbers([4, 3])).Constant(Value.Of(-1L)).With("upper", 0),
    ];
}
