using Toolkit.Autograd.Tensors;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Nodes of normalizations, regions, transforms, heads and texts whose attributes and inputs make no sense together.</summary>
internal static class HostileOperators
{
    private const long Huge = 1L << 40, Beyond = 1L << 32;

    /// <summary>The nodes; the first word is the operator.</summary>
    public static IReadOnlyDictionary<string, Func<OneNode>> Nodes { get; } = new Dictionary<string, Func<OneNode>>
    {
        ["LayerNormalization at an axis beyond 32 bits"] = () => new OneNode("LayerNormalization", 17).Of(Numbers(2, 3)).Constant(Numbers(3)).With("axis", Beyond + 1),
        ["LayerNormalization at an axis too high"] = () => new OneNode("LayerNormalization", 17).Of(Numbers(2, 3)).Constant(Numbers(3)).With("axis", 2),
        ["LayerNormalization with scales of another size"] = () => new OneNode("LayerNormalization", 17).Of(Numbers(2, 3)).Constant(Numbers(2)),
        ["GroupNormalization of 2^32 + 1 groups"] = () => new OneNode("GroupNormalization", 21).Of(Numbers(1, 2, 3)).Constant(Numbers(2)).Constant(Numbers(2)).With("num_groups", Beyond + 1),
        ["GroupNormalization of 0 groups"] = () => new OneNode("GroupNormalization", 21).Of(Numbers(1, 2, 3)).Constant(Numbers(2)).Constant(Numbers(2)).With("num_groups", 0),
        ["GroupNormalization of -2 groups"] = () => new OneNode("GroupNormalization", 21).Of(Numbers(1, 2, 3)).Constant(Numbers(2)).Constant(Numbers(2)).With("num_groups", -2),
        ["LRN of size 2^32 + 1"] = () => new OneNode("LRN", 13).Of(Numbers(1, 2, 3, 3)).With("size", Beyond + 1),
        ["LRN of size 0"] = () => new OneNode("LRN", 13).Of(Numbers(1, 2, 3, 3)).With("size", 0),
        ["LpNormalization at an axis beyond 32 bits"] = () => new OneNode("LpNormalization", 1).Of(Numbers(2, 3)).With("axis", Beyond),
        ["LpNormalization of the norm 3"] = () => new OneNode("LpNormalization", 1).Of(Numbers(2, 3)).With("p", 3),
        ["MeanVarianceNormalization over an axis beyond 32 bits"] = () => new OneNode("MeanVarianceNormalization", 13).Of(Numbers(2, 3)).With("axes", [Beyond]),
        ["Dropout that drops more than all"] = () => Dropout(1.5f),
        ["Dropout that drops less than nothing"] = () => Dropout(-0.5f),
        ["Dropout by no number"] = () => Dropout(float.NaN),
        ["RoiAlign to no rows"] = () => Regions().With("output_height", 0),
        ["RoiAlign to -1 columns"] = () => Regions().With("output_width", -1),
        ["RoiAlign to 2^32 + 1 rows"] = () => Regions().With("output_height", Beyond + 1),
        ["RoiAlign of -1 points"] = () => Regions().With("sampling_ratio", -1),
        ["RoiAlign of 2^32 points"] = () => Regions().With("sampling_ratio", Beyond),
        ["RoiAlign of 65536 points"] = () => Regions().With("sampling_ratio", 1 << 16),
        ["RoiAlign of a region without end"] = () => Regions([0, 0, float.PositiveInfinity, 1]),
        ["RoiAlign of a region that is no number"] = () => Regions([0, float.NaN, 1, 1]),
        ["RoiAlign of a region of 10^9 elements"] = () => Regions([0, 0, 1e9f, 1e9f]),
        ["RoiAlign of an image that is not there"] = () => Regions(image: 1),
        ["RoiAlign of image -1"] = () => Regions(image: -1),
        ["RoiAlign in an unknown mode"] = () => Regions().With("mode", "median"),
        ["MaxRoiPool to 2^32 + 1 rows"] = () => Pool([0, 0, 0, 1, 1]).With("pooled_shape", [Beyond + 1, 1]),
        ["MaxRoiPool to no rows"] = () => Pool([0, 0, 0, 1, 1]).With("pooled_shape", [0, 1]),
        ["MaxRoiPool to one size"] = () => Pool([0, 0, 0, 1, 1]).With("pooled_shape", [2]),
        ["MaxRoiPool of a region that is no number"] = () => Pool([0, 0, float.NaN, 1, 1]).With("pooled_shape", [1, 1]),
        ["MaxRoiPool of image NaN"] = () => Pool([float.NaN, 0, 0, 1, 1]).With("pooled_shape", [1, 1]),
        ["MaxRoiPool of image 10^20"] = () => Pool([1e20f, 0, 0, 1, 1]).With("pooled_shape", [1, 1]),
        ["Resize by factors that are no numbers"] = () => Resize(float.NaN),
        ["Resize by factors below 0"] = () => Resize(-1),
        ["Resize by infinite factors"] = () => Resize(float.PositiveInfinity),
        ["Resize along an axis beyond 32 bits"] = () => new OneNode("Resize", 18).Of(Numbers(2, 2)).Absent().Constant(Value.Of([2f], 1)).With("axes", [Beyond]),
        ["Resize by factors for another rank"] = () => new OneNode("Resize", 13).Of(Numbers(2, 2)).Absent().Constant(Value.Of([2f, 2, 2], 3)),
        ["Resize in an unknown mode"] = () => Resize(2).With("mode", "quintic"),
        ["GridSample of another number of axes"] = () => new OneNode("GridSample", 20).Of(Numbers(1, 1, 2, 2)).Of(Numbers(1, 2, 2, 3)),
        ["AffineGrid of negative sizes"] = () => new OneNode("AffineGrid", 20).Of(Numbers(1, 2, 3)).Constant(1, 1, -2, 3),
        ["CenterCropPad along an axis beyond 32 bits"] = () => new OneNode("CenterCropPad", 18).Of(Numbers(2, 3)).Constant(2).With("axes", [Beyond]),
        ["CenterCropPad to a negative size"] = () => new OneNode("CenterCropPad", 18).Of(Numbers(2, 3)).Constant(2, -1),
        ["Col2Im of blocks that do not fit"] = () => new OneNode("Col2Im", 18).Of(Numbers(1, 4, 9)).Constant(3, 3).Constant(2, 2),
        ["Col2Im of blocks of 0"] = () => new OneNode("Col2Im", 18).Of(Numbers(1, 4, 4)).Constant(3, 3).Constant(0, 2),
        ["Col2Im with a stride of 0"] = () => new OneNode("Col2Im", 18).Of(Numbers(1, 4, 4)).Constant(3, 3).Constant(2, 2).With("strides", [0, 1]),
        ["Col2Im with a dilation of -1"] = () => new OneNode("Col2Im", 18).Of(Numbers(1, 4, 4)).Constant(3, 3).Constant(2, 2).With("dilations", [-1, 1]),
        ["ScatterND of a MaxUnpool to a place outside"] = () => Unpool(9),
        ["ScatterND of a MaxUnpool to a place beyond 32 bits"] = () => Unpool(Huge),
        ["MaxUnpool to a smaller shape"] = () => Unpool(0).Constant(1, 1, 1, 1),
        ["Unique along an axis beyond 32 bits"] = () => new OneNode("Unique", 11).Of(Numbers(2, 3)).With("axis", Beyond),
        ["Unique along an axis too high"] = () => new OneNode("Unique", 11).Of(Numbers(2, 3)).With("axis", 2),
        ["TensorScatter at an axis beyond 32 bits"] = () => Cache(0).With("axis", Beyond + 1),
        ["TensorScatter behind the end"] = () => Cache(3),
        ["TensorScatter before the beginning"] = () => Cache(-1).With("mode", "circular"),
        ["Attention of 2^32 + 1 heads"] = () => Heads().With("q_num_heads", Beyond + 1).With("kv_num_heads", 1),
        ["Attention of 0 heads"] = () => Heads().With("q_num_heads", 0).With("kv_num_heads", 1),
        ["Attention of heads that do not divide"] = () => Heads().With("q_num_heads", 3).With("kv_num_heads", 3),
        ["Attention of 3 heads over 2 of keys"] = () => new OneNode("Attention", 23).Of(Numbers(1, 3, 2, 2)).Of(Numbers(1, 2, 2, 2)).Of(Numbers(1, 2, 2, 2)),
        ["Attention to products 4"] = () => Heads().With("q_num_heads", 1).With("kv_num_heads", 1).With("qk_matmul_output_mode", 4),
        ["Attention to products 2^32"] = () => Heads().With("q_num_heads", 1).With("kv_num_heads", 1).With("qk_matmul_output_mode", Beyond),
        ["RotaryEmbedding of 2^32 + 1 heads"] = () => Rotary().With("num_heads", Beyond + 1),
        ["RotaryEmbedding of odd size"] = () => Rotary().With("num_heads", 1).With("rotary_embedding_dim", 3),
        ["RotaryEmbedding of size 2^32 + 2"] = () => Rotary().With("num_heads", 1).With("rotary_embedding_dim", Beyond + 2),
        ["STFT in steps of 0"] = () => Frames(0, 4),
        ["STFT in steps of -1"] = () => Frames(-1, 4),
        ["STFT of frames longer than the signal"] = () => Frames(1, 9),
        ["STFT of frames of 2^40"] = () => Frames(1, Huge),
        ["STFT of frames of -1"] = () => Frames(1, -1),
        ["DFT of length 0"] = () => new OneNode("DFT", 20).Of(Numbers(1, 4, 1)).Constant(Value.Of(0L)),
        ["DFT of length -4"] = () => new OneNode("DFT", 20).Of(Numbers(1, 4, 1)).Constant(Value.Of(-4L)),
        ["DFT along the last axis"] = () => new OneNode("DFT", 20).Of(Numbers(1, 4, 1)).Absent().Constant(Value.Of(2L)),
        ["DFT along an axis beyond 32 bits"] = () => new OneNode("DFT", 20).Of(Numbers(1, 4, 1)).Absent().Constant(Value.Of(Beyond)),
        ["Det of no square"] = () => new OneNode("Det", 11).Of(Numbers(2, 3)),
        ["Einsum of too many terms"] = () => new OneNode("Einsum", 12).Of(Numbers(2, 3)).With("equation", "ij,jk->ik"),
        ["Einsum of a letter of two sizes"] = () => new OneNode("Einsum", 12).Of(Numbers(2, 3)).With("equation", "ii->i"),
        ["Einsum to a letter that is not there"] = () => new OneNode("Einsum", 12).Of(Numbers(2, 3)).With("equation", "ij->k"),
        ["Einsum without sense"] = () => new OneNode("Einsum", 12).Of(Numbers(2, 3)).With("equation", "->->,"),
        ["CumSum along an axis too high"] = () => new OneNode("CumSum", 14).Of(Numbers(2, 3)).Constant(Value.Of(2L)),
        ["CumSum along an axis beyond 32 bits"] = () => new OneNode("CumSum", 14).Of(Numbers(2, 3)).Constant(Value.Of(Beyond)),
        ["BitCast to another size"] = () => new OneNode("BitCast", 26).Of(Numbers(2)).With("to", (long)DataType.Double),
        ["SoftmaxCrossEntropyLoss with weights for two of 3"] = () => new OneNode("SoftmaxCrossEntropyLoss", 13).Of(Numbers(1, 3)).Of(Value.Of([1L], 1)).Constant(Numbers(2)),
        ["SoftmaxCrossEntropyLoss of an unknown reduction"] = () => new OneNode("SoftmaxCrossEntropyLoss", 13).Of(Numbers(1, 3)).Of(Value.Of([1L], 1)).With("reduction", "median"),
        ["TfIdfVectorizer without indexes"] = () => Grams([0], [], ["1", "2"]),
        ["TfIdfVectorizer with too few indexes"] = () => Grams([0], [0], ["1", "2"]),
        ["TfIdfVectorizer with an index below 0"] = () => Grams([0], [0, -1], ["1", "2"]),
        ["TfIdfVectorizer with an index beyond 32 bits"] = () => Grams([0], [0, Beyond], ["1", "2"]),
        ["TfIdfVectorizer that begins behind its pool"] = () => Grams([3], [0, 1], ["1", "2"]),
        ["TfIdfVectorizer that begins at -1"] = () => Grams([-1], [0, 1], ["1", "2"]),
        ["TfIdfVectorizer that begins beyond 32 bits"] = () => Grams([0, Beyond], [0, 1], ["1", "2"]),
        ["TfIdfVectorizer with half a pair"] = () => Grams([0, 1], [0, 1], ["1", "2"]),
        ["TfIdfVectorizer that goes back"] = () => Grams([2, 0], [0, 1], ["1", "2"]),
        ["TfIdfVectorizer of 0-grams"] = () => Grams([0], [0, 1], ["1", "2"], least: 0),
        ["TfIdfVectorizer of grams of 2^32 + 1"] = () => Grams([0], [0, 1], ["1", "2"], most: Beyond + 1),
        ["TfIdfVectorizer over -1 skipped"] = () => Grams([0], [0, 1], ["1", "2"], skip: -1),
        ["TfIdfVectorizer with one weight for two"] = () => Grams([0], [0, 1], ["1", "2"]).With("weights", (float[])[1]),
        ["TfIdfVectorizer of numbers for texts"] = () => Grams([0], [0, 1], ["1", "2"], Value.Of([1L, 2], 2)),
        ["StringNormalizer to an unknown case"] = () => new OneNode("StringNormalizer", 10).Of(Value.Of(["a"], 1)).With("case_change_action", "TITLE").Gives(DataType.String),
        ["RegexFullMatch of half a class"] = () => new OneNode("RegexFullMatch", 20).Of(Value.Of(["a"], 1)).With("pattern", "[a").Gives(DataType.Bool),
        ["RegexFullMatch that looks back"] = () => new OneNode("RegexFullMatch", 20).Of(Value.Of(["a"], 1)).With("pattern", "(a)\\1").Gives(DataType.Bool),
        ["RegexFullMatch of 10^9 repetitions"] = () => new OneNode("RegexFullMatch", 20).Of(Value.Of(["a"], 1)).With("pattern", "((a{1000}){1000}){1000}").Gives(DataType.Bool),
        ["StringConcat of other sizes"] = () => new OneNode("StringConcat", 20).Of(Value.Of(["a", "b"], 2)).Of(Value.Of(["a", "b", "c"], 3)).Gives(DataType.String),
        ["NonMaxSuppression of boxes of 3 numbers"] = () => new OneNode("NonMaxSuppression", 11).Of(Numbers(1, 2, 3)).Of(Numbers(1, 1, 2)).Gives(DataType.Int64),
        ["Trilu of a vector"] = () => new OneNode("Trilu", 14).Of(Numbers(3)),
        ["AveragePool over 2^31 places"] = () => new OneNode("AveragePool", 11).Of(Numbers(1, 1, 2, 2)).With("kernel_shape", [int.MaxValue + 1L, 1]),
        ["MaxPool with pads of its window"] = () => new OneNode("MaxPool", 11).Of(Numbers(1, 1, 4, 4)).With("kernel_shape", [2, 2]).With("pads", [2, 0, 0, 0]),
    };

    private static OneNode Dropout(float ratio) => new OneNode("Dropout", 13).Of(Numbers(2, 3)).Constant(Value.Of(ratio)).Constant(Value.Of(true));

    private static OneNode Regions(float[]? region = null, long image = 0) =>
        new OneNode("RoiAlign", 16).Of(Numbers(1, 1, 4, 4)).Of(Value.Of(region ?? [0, 0, 2, 2], 1, 4)).Of(Value.Of([image], 1));

    private static OneNode Pool(float[] region) => new OneNode("MaxRoiPool", 1).Of(Numbers(1, 1, 4, 4)).Of(Value.Of(region, 1, 5));

    private static OneNode Resize(float factor) => new OneNode("Resize", 13).Of(Numbers(2, 2)).Absent().Constant(Value.Of([1, factor], 2));

    private static OneNode Unpool(long place) => new OneNode("MaxUnpool", 11).Of(Numbers(1, 1, 1, 1)).Of(Value.Of([place], 1, 1, 1, 1)).With("kernel_shape", [2, 2]).With("strides", [2, 2]);

    private static OneNode Cache(long begin) => new OneNode("TensorScatter", 24).Of(Numbers(1, 4, 2)).Of(Numbers(1, 2, 2)).Of(Value.Of([begin], 1));

    private static OneNode Heads() => new OneNode("Attention", 23).Of(Numbers(1, 2, 4)).Of(Numbers(1, 2, 4)).Of(Numbers(1, 2, 4));

    private static OneNode Rotary() => new OneNode("RotaryEmbedding", 23).Of(Numbers(1, 2, 4)).Of(Numbers(1, 2, 2)).Of(Numbers(1, 2, 2));

    private static OneNode Frames(long step, long length) => new OneNode("STFT", 17).Of(Numbers(1, 8, 1)).Constant(Value.Of(step)).Absent().Constant(Value.Of(length));

    private static OneNode Grams(long[] starts, long[] indexes, string[] pool, Value? x = null, long least = 1, long most = 1, long skip = 0) => new OneNode("TfIdfVectorizer", 9)
        .Of(x ?? Value.Of(["1", "2"], 2)).With("mode", "TF").With("min_gram_length", least).With("max_gram_length", most).With("max_skip_count", skip)
        .With("ngram_counts", starts).With("ngram_indexes", indexes).With("pool_strings", pool);

    private static Value Numbers(params int[] sizes) => Value.Of([.. Enumerable.Range(0, sizes.Aggregate(1, (product, size) => product * size)).Select(i => (float)Math.Cos(i))], sizes);
}
