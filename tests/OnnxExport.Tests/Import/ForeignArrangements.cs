using Toolkit.Autograd.Tensors;
using static Toolkit.OnnxExport.Format.TensorProto.Types;
using static Toolkit.OnnxExport.Tests.Import.ForeignNodeTests;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Nodes of other programs that pick, place and arrange elements.</summary>
internal static class ForeignArrangements
{
    public static OneNode[] Nodes() => [.. Picking(), .. Placing(), .. Arranging(), .. Sampling()];

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

    private static OneNode[] Sampling() =>
    [
        new OneNode("Upsample", 7).Of(Numbers([1, 1, 2, 3])).With("scales", [1f, 1f, 2f, 1.5f]),
        new OneNode("Upsample", 9).Of(Numbers([1, 1, 2, 3])).Constant(Value.Of([1f, 1, 2, 2], 4)).With("mode", "linear"),
        new OneNode("Resize", 10).Of(Numbers([1, 1, 4, 4])).Constant(Value.Of([1f, 1, 0.5f, 0.75f], 4)),
        new OneNode("Resize", 11).Of(Numbers([1, 1, 2, 4])).Constant(Value.Of<float>([], 0)).Constant(Value.Of<float>([], 0)).Constant(1, 1, 3, 3).With("mode", "linear"),
        new OneNode("Resize", 13).Of(Numbers([1, 1, 4, 4])).Absent().Constant(Value.Of([1f, 1, 1.5f, 2], 4)).With("mode", "cubic").With("exclude_outside", 1),
        new OneNode("Resize", 18).Of(Numbers([1, 1, 4, 6])).Absent().Absent().Constant(3, 3).With("axes", [2, 3]).With("mode", "linear").With("keep_aspect_ratio_policy", "not_larger"),
        new OneNode("Resize", 19).Of(Numbers([1, 1, 4, 6])).Absent().Constant(Value.Of([0.5f, 0.5f], 2)).With("axes", [3, 2]).With("mode", "linear").With("antialias", 1),
        new OneNode("GridSample", 16).Of(Numbers([1, 2, 3, 4])).Of(Numbers([1, 2, 3, 2])).With("mode", "bicubic").With("padding_mode", "reflection"),
        new OneNode("GridSample", 20).Of(Numbers([1, 2, 3, 4])).Of(Numbers([1, 2, 3, 2])).With("align_corners", 1).With("padding_mode", "border"),
        new OneNode("AffineGrid", 20).Of(Numbers([2, 2, 3])).Constant(2, 1, 3, 4),
        new OneNode("Pad", 11).Of(Numbers([2, 3])).Constant(0, 2, 0, 2).With("mode", "reflect"),
        new OneNode("Pad", 2).Of(Numbers([2, 3])).With("pads", [1, 0, 2, 1]).With("mode", "edge"),
        new OneNode("Pad", 19).Of(Numbers([2, 3])).Constant(1, 2, 1, 0).With("mode", "wrap"),
        new OneNode("CenterCropPad", 18).Of(Numbers([5, 2])).Constant(2, 5),
        new OneNode("Col2Im", 18).Of(Numbers([1, 8, 6])).Constant(3, 4).Constant(2, 2),
        new OneNode("Unique", 11).Of(Value.Of([3f, 1, 1, 2, 3], 5)).Gives(DataType.Float),
        new OneNode("Unique", 11).Of(Value.Of([3f, 1, 3, 2, 3, 1], 3, 2)).With("axis", 0).With("sorted", 0).Gives(DataType.Float),
        new OneNode("RoiAlign", 10).Of(Numbers([1, 2, 5, 6])).Of(Value.Of([0f, 0, 3, 4], 1, 4)).Of(Value.Of([0L], 1)).With("output_height", 2).With("output_width", 2).With("sampling_ratio", 2),
        new OneNode("MaxRoiPool", 1).Of(Numbers([1, 2, 5, 6])).Of(Value.Of([0f, 0, 0, 3, 4], 1, 5)).With("pooled_shape", [2, 2]),
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
