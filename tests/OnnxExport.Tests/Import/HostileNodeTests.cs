using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Nodes whose attributes and inputs make no sense together: an error of ours that names the node when it is read, or of the operation when data decide, in
/// memory that does not depend on the numbers in the file.</summary>
public sealed class HostileNodeTests
{
    private const long Huge = 1L << 40, Limit = 64L << 20;

    private static readonly Dictionary<string, Func<OneNode>> Nodes = new()
    {
        ["Conv with weights of rank 3 for images"] = () => Conv([3, 2, 2]),
        ["Conv with weights of rank 5 for images"] = () => Conv([3, 2, 2, 2, 2]),
        ["Conv with weights of rank 0"] = () => Conv([]),
        ["Conv in 0 groups"] = () => Conv([3, 2, 2, 2]).With("group", 0),
        ["Conv in -1 groups"] = () => Conv([3, 2, 2, 2]).With("group", -1),
        ["Conv in 2^40 groups"] = () => Conv([3, 2, 2, 2]).With("group", Huge),
        ["Conv in 2 groups of weights for 1"] = () => Conv([3, 2, 2, 2]).With("group", 2),
        ["Conv with a stride of 0"] = () => Conv([3, 2, 2, 2]).With("strides", [1, 0]),
        ["Conv with a stride of -1"] = () => Conv([3, 2, 2, 2]).With("strides", [-1, 1]),
        ["Conv with a stride of 2^40"] = () => Conv([3, 2, 2, 2]).With("strides", [Huge, 1]),
        ["Conv with a dilation of 0"] = () => Conv([3, 2, 2, 2]).With("dilations", [0, 1]),
        ["Conv with one dilation"] = () => Conv([3, 2, 2, 2]).With("dilations", [1]),
        ["Conv with pads of 2^40"] = () => Conv([3, 2, 2, 2]).With("pads", [Huge, 0, 0, 0]),
        ["Conv with pads of -9"] = () => Conv([3, 2, 2, 2]).With("pads", [-9, 0, 0, 0]),
        ["Conv with windows larger than the image"] = () => Conv([3, 2, 9, 9]),
        ["Conv with another kernel_shape"] = () => Conv([3, 2, 2, 2]).With("kernel_shape", [3, 3]),
        ["ConvTranspose in 0 groups"] = () => new OneNode("ConvTranspose", 11).Of(Numbers(1, 2, 4, 5)).Constant(Numbers(2, 3, 2, 2)).With("group", 0),
        ["ConvTranspose with a stride of 0"] = () => new OneNode("ConvTranspose", 11).Of(Numbers(1, 2, 4, 5)).Constant(Numbers(2, 3, 2, 2)).With("strides", [0, 1]),
        ["ConvTranspose with a stride of 2^40"] = () => new OneNode("ConvTranspose", 11).Of(Numbers(1, 2, 4, 5)).Constant(Numbers(2, 3, 2, 2)).With("strides", [Huge, 1]),
        ["MaxPool over windows of 0"] = () => Pool("MaxPool").With("kernel_shape", [0, 2]),
        ["MaxPool over windows of -1"] = () => Pool("MaxPool").With("kernel_shape", [-1, 2]),
        ["MaxPool with a stride of 0"] = () => Pool("MaxPool").With("kernel_shape", [2, 2]).With("strides", [0, 1]),
        ["MaxPool of a matrix"] = () => new OneNode("MaxPool", 12).Of(Numbers(2, 3)).With("kernel_shape", [2]),
        ["AveragePool over windows of 2^40"] = () => Pool("AveragePool").With("kernel_shape", [Huge, 2]),
        ["GlobalAveragePool of a matrix"] = () => new OneNode("GlobalAveragePool", 1).Of(Numbers(2)),
        ["RNN of rank 2"] = () => new OneNode("RNN", 14).Of(Numbers(3, 2)).Constant(Numbers(1, 4, 2)).Constant(Numbers(1, 4, 4)).With("hidden_size", 4),
        ["RNN of 2 directions with weights of one"] = () => Rnn().With("direction", "bidirectional"),
        ["RNN of an unknown direction"] = () => Rnn().With("direction", "sideways"),
        ["RNN of another hidden size"] = () => new OneNode("RNN", 14).Of(Numbers(3, 1, 2)).Constant(Numbers(1, 4, 2)).Constant(Numbers(1, 4, 4)).With("hidden_size", 5),
        ["RNN of hidden size 0"] = () => new OneNode("RNN", 14).Of(Numbers(3, 1, 2)).Constant(Numbers(1, 0, 2)).Constant(Numbers(1, 0, 0)).With("hidden_size", 0),
        ["RNN of hidden size -4"] = () => new OneNode("RNN", 14).Of(Numbers(3, 1, 2)).Constant(Numbers(1, 4, 2)).Constant(Numbers(1, 4, 4)).With("hidden_size", -4),
        ["RNN of hidden size 2^40"] = () => new OneNode("RNN", 14).Of(Numbers(3, 1, 2)).Constant(Numbers(1, 4, 2)).Constant(Numbers(1, 4, 4)).With("hidden_size", Huge),
        ["RNN with recurrent weights of rank 0"] = () => new OneNode("RNN", 14).Of(Numbers(3, 1, 2)).Constant(Numbers(1, 4, 2)).Constant(Value.Of(1f)),
        ["RNN with a clip of 0"] = () => Rnn().With("clip", 0f),
        ["RNN with a clip of -1"] = () => Rnn().With("clip", -1f),
        ["RNN with a clip that is no number"] = () => Rnn().With("clip", float.NaN),
        ["RNN of layout 2"] = () => Rnn().With("layout", 2),
        ["LSTM with peepholes of another size"] = () => Lstm().Absent().Absent().Absent().Absent().Constant(Numbers(1, 11)),
        ["LSTM with states of another size"] = () => Lstm().Absent().Absent().Constant(Numbers(1, 1, 5)),
        ["LSTM with one activation"] = () => Lstm().With("activations", ["Tanh"]).With("hidden_size", 4),
        ["GRU with lengths of rank 2"] = () => Gru().Absent().Constant(Value.Of([3], 1, 1)),
        ["GRU with lengths of floats"] = () => Gru().Absent().Constant(Numbers(1)),
        ["Transpose by an axis too high"] = () => new OneNode("Transpose", 13).Of(Numbers(2, 3)).With("perm", [0, 2]),
        ["Transpose by an axis twice"] = () => new OneNode("Transpose", 13).Of(Numbers(2, 3)).With("perm", [1, 1]),
        ["Transpose by too few axes"] = () => new OneNode("Transpose", 13).Of(Numbers(2, 3)).With("perm", [0]),
        ["Transpose by an axis below 0"] = () => new OneNode("Transpose", 13).Of(Numbers(2, 3)).With("perm", [-1, 0]),
        ["Transpose by an axis beyond 32 bits"] = () => new OneNode("Transpose", 13).Of(Numbers(2, 3)).With("perm", [1L << 32, 1]),
        ["Split that leaves a rest"] = () => new OneNode("Split", 13).Of(Numbers(2, 3)).Constant(1, 2).With("axis", 1).Gives(DataType.Float, 3),
        ["Split below 0"] = () => new OneNode("Split", 13).Of(Numbers(2, 3)).Constant(-1, 4).With("axis", 1).Gives(DataType.Float, 2),
        ["Split that adds up beyond 64 bits"] = () => new OneNode("Split", 13).Of(Numbers(2, 3)).Constant(long.MaxValue, long.MaxValue, 5).With("axis", 1).Gives(DataType.Float, 3),
        ["Split of an axis too high"] = () => new OneNode("Split", 13).Of(Numbers(2, 3)).Constant(1, 2).With("axis", 2).Gives(DataType.Float, 2),
        ["Concat at an axis too high"] = () => new OneNode("Concat", 13).Of(Numbers(2, 3)).Of(Numbers(2, 3)).With("axis", 2),
        ["Concat at an axis beyond 32 bits"] = () => new OneNode("Concat", 13).Of(Numbers(2, 3)).Of(Numbers(2, 3)).With("axis", 1L << 32),
        ["Concat of other sizes"] = () => new OneNode("Concat", 13).Of(Numbers(2, 3)).Of(Numbers(3, 3)).With("axis", 1),
        ["Gather at an axis too low"] = () => new OneNode("Gather", 13).Of(Numbers(2, 3)).Constant(0).With("axis", -3),
        ["Gather at an axis beyond 32 bits"] = () => new OneNode("Gather", 13).Of(Numbers(2, 3)).Constant(0).With("axis", 1L << 32),
        ["Softmax at an axis too high"] = () => new OneNode("Softmax", 13).Of(Numbers(2, 3)).With("axis", 2),
        ["LogSoftmax at an axis beyond 32 bits"] = () => new OneNode("LogSoftmax", 13).Of(Numbers(2, 3)).With("axis", -1 - (1L << 32)),
        ["Flatten at an axis too high"] = () => new OneNode("Flatten", 13).Of(Numbers(2, 3)).With("axis", 3),
        ["Flatten at an axis beyond 32 bits"] = () => new OneNode("Flatten", 13).Of(Numbers(2, 3)).With("axis", 1L << 32),
        ["ReduceSum over an axis too high"] = () => new OneNode("ReduceSum", 13).Of(Numbers(2, 3)).Constant(2),
        ["ReduceMean over an axis beyond 32 bits"] = () => new OneNode("ReduceMean", 13).Of(Numbers(2, 3)).With("axes", [1L << 32]),
        ["ArgMax over an axis too high"] = () => new OneNode("ArgMax", 13).Of(Numbers(2, 3)).With("axis", 2).Gives(DataType.Int64),
        ["ArgMax over an axis beyond 32 bits"] = () => new OneNode("ArgMax", 13).Of(Numbers(2, 3)).With("axis", 1L << 32).Gives(DataType.Int64),
        ["Squeeze of an axis twice"] = () => new OneNode("Squeeze", 13).Of(Numbers(1, 3)).Constant(0, -2),
        ["Unsqueeze of an axis twice"] = () => new OneNode("Unsqueeze", 13).Of(Numbers(2, 3)).Constant(0, -4),
        ["Unsqueeze of an axis beyond 32 bits"] = () => new OneNode("Unsqueeze", 13).Of(Numbers(2, 3)).Constant(1L << 32),
        ["OneHot at an axis too high"] = () => new OneNode("OneHot", 11).Of(Value.Of([0L, 1], 2)).Constant(Value.Of(2L)).Constant(Value.Of([0f, 1], 2)).With("axis", 2),
        ["OneHot with three values"] = () => new OneNode("OneHot", 11).Of(Value.Of([0L, 1], 2)).Constant(Value.Of(2L)).Constant(Value.Of([0f, 1, 2], 3)),
        ["DepthToSpace in blocks of 0"] = () => new OneNode("DepthToSpace", 13).Of(Numbers(1, 4, 2, 2)).With("blocksize", 0),
        ["DepthToSpace in blocks of -1"] = () => new OneNode("DepthToSpace", 13).Of(Numbers(1, 4, 2, 2)).With("blocksize", -1),
        ["DepthToSpace in blocks of 2^40"] = () => new OneNode("DepthToSpace", 13).Of(Numbers(1, 4, 2, 2)).With("blocksize", Huge),
        ["DepthToSpace in blocks of 65536"] = () => new OneNode("DepthToSpace", 13).Of(Numbers(1, 4, 2, 2)).With("blocksize", 1 << 16),
        ["DepthToSpace of too few channels"] = () => new OneNode("DepthToSpace", 13).Of(Numbers(1, 3, 2, 2)).With("blocksize", 2),
        ["SpaceToDepth in blocks of 0"] = () => new OneNode("SpaceToDepth", 13).Of(Numbers(1, 1, 4, 4)).With("blocksize", 0),
        ["SpaceToDepth in blocks of 3"] = () => new OneNode("SpaceToDepth", 13).Of(Numbers(1, 1, 4, 4)).With("blocksize", 3),
        ["TopK at an axis too high"] = () => new OneNode("TopK", 11).Of(Numbers(2, 3)).Constant(1).With("axis", 2).Gives(DataType.Float, 2),
        ["TopK of more than there are"] = () => new OneNode("TopK", 11).Of(Numbers(2, 3)).Constant(4).Gives(DataType.Float, 2),
        ["TopK of -1"] = () => new OneNode("TopK", 11).Of(Numbers(2, 3)).Constant(-1).Gives(DataType.Float, 2),
        ["GatherElements at an axis beyond 32 bits"] = () => new OneNode("GatherElements", 13).Of(Numbers(2, 3)).Of(Value.Of([0L], 1, 1)).With("axis", 1L << 32),
        ["ScatterElements at an axis beyond 32 bits"] = () =>
            new OneNode("ScatterElements", 16).Of(Numbers(2, 3)).Of(Value.Of([0L], 1, 1)).Of(Numbers(1, 1)).With("axis", 1L << 32),
        ["Compress at an axis beyond 32 bits"] = () => new OneNode("Compress", 11).Of(Numbers(2, 3)).Of(Value.Of([true], 1)).With("axis", 1L << 32),
        ["EyeLike beyond 32 bits"] = () => new OneNode("EyeLike", 9).Of(Numbers(2, 3)).With("k", 1L << 32),
        ["ReverseSequence of one axis"] = () => new OneNode("ReverseSequence", 10).Of(Numbers(2, 3)).Of(Value.Of([1L, 2], 2)).With("batch_axis", 1).With("time_axis", 1),
        ["Cast to no type"] = () => new OneNode("Cast", 13).Of(Numbers(2)).With("to", 0),
        ["Cast to type 99"] = () => new OneNode("Cast", 13).Of(Numbers(2)).With("to", 99),
        ["Cast to type 2^32 + 1"] = () => new OneNode("Cast", 13).Of(Numbers(2)).With("to", (1L << 32) + 1),
        ["Gemm of rank 3"] = () => new OneNode("Gemm", 13).Of(Numbers(1, 2, 3)).Of(Numbers(3, 2)),
        ["Gemm of other sizes"] = () => new OneNode("Gemm", 13).Of(Numbers(2, 3)).Of(Numbers(4, 2)),
        ["MatMul of other sizes"] = () => new OneNode("MatMul", 13).Of(Numbers(2, 3)).Of(Numbers(4, 2)),
        ["MatMul of a number"] = () => new OneNode("MatMul", 13).Of(Numbers(2, 3)).Of(Value.Of(2f)),
        ["Where of other sizes"] = () => new OneNode("Where", 16).Of(Value.Of([true, false], 2)).Of(Numbers(3)).Of(Numbers(3)),
        ["Where with a condition of numbers"] = () => new OneNode("Where", 16).Of(Numbers(3)).Of(Numbers(3)).Of(Numbers(3)),
        ["Add of other types"] = () => new OneNode("Add", 14).Of(Numbers(3)).Of(Value.Of([1L, 2, 3], 3)),
        ["GatherND with more indices than axes"] = () => new OneNode("GatherND", 13).Of(Numbers(2, 3)).Of(Value.Of([0L, 0, 0], 1, 3)),
        ["GatherND with batch axes below 0"] = () => new OneNode("GatherND", 13).Of(Numbers(2, 3)).Of(Value.Of([0L, 0], 1, 2)).With("batch_dims", -1),
        ["ScatterND with updates of another size"] = () => new OneNode("ScatterND", 16).Of(Numbers(4)).Of(Value.Of([3L], 1, 1)).Of(Numbers(2)),
        ["BatchNormalization of other sizes"] = () =>
            new OneNode("BatchNormalization", 15).Of(Numbers(1, 2, 3, 3)).Constant(Numbers(3)).Constant(Numbers(3)).Constant(Numbers(3)).Constant(Numbers(3)),
        ["BatchNormalization of a vector"] = () =>
            new OneNode("BatchNormalization", 15).Of(Numbers(2)).Constant(Numbers(2)).Constant(Numbers(2)).Constant(Numbers(2)).Constant(Numbers(2)),
        ["Slice at an axis twice"] = () => new OneNode("Slice", 13).Of(Numbers(2, 3)).Constant(0, 0).Constant(1, 1).Constant(0, -2),
        ["Slice with more starts than axes"] = () => new OneNode("Slice", 13).Of(Numbers(3)).Constant(0, 0).Constant(1, 1),
        ["Slice with two steps for one axis"] = () => new OneNode("Slice", 13).Of(Numbers(2, 3)).Constant(0).Constant(1).Constant(0).Constant(1, 1),
        ["Range of two types"] = () => new OneNode("Range", 11).Constant(Value.Of(0L)).Constant(Value.Of(5f)).Constant(Value.Of(1L)).Gives(DataType.Int64),
        ["Range of vectors"] = () => new OneNode("Range", 11).Constant(0, 1).Constant(5, 6).Constant(1, 1).Gives(DataType.Int64),
        ["Range with steps that are no number"] = () => new OneNode("Range", 11).Constant(Value.Of(0f)).Constant(Value.Of(5f)).Constant(Value.Of(float.NaN)),
        ["Scan with too many directions"] = () => Scan(1).With("scan_input_directions", [0, 1]),
        ["Scan with too few directions"] = () => Scan(1).With("scan_input_directions", (long[])[]),
        ["Scan with a direction of 2"] = () => Scan(1).With("scan_input_directions", [2]),
        ["Scan with a direction of -1 for its output"] = () => Scan(1).With("scan_output_directions", [-1]),
        ["Scan with too many directions of outputs"] = () => Scan(1).With("scan_output_directions", [0, 0]),
        ["Scan with too many axes"] = () => Scan(1).With("scan_input_axes", [0, 0]),
        ["Scan with an axis too high"] = () => Scan(1).With("scan_input_axes", [3]),
        ["Scan with an axis beyond 32 bits"] = () => Scan(1).With("scan_input_axes", [1L << 32]),
        ["Scan with an axis of its output too high"] = () => Scan(1).With("scan_output_axes", [5]),
        ["Scan with too many axes of outputs"] = () => Scan(1).With("scan_output_axes", [0, 0]),
        ["Scan of no inputs"] = () => Scan(0),
        ["Scan of more inputs than there are"] = () => Scan(3),
        ["Scan of -1 inputs"] = () => Scan(-1),
        ["Scan of 2^32 + 1 inputs"] = () => Scan((1L << 32) + 1),
        ["If on three truth values"] = () => If(Value.Of([true, false, true], 3)),
        ["If on a number"] = () => If(Value.Of(1f)),
    };

    /// <summary>What the file says of results that are never made.</summary>
    private static Value[] Shapes => [.. Enumerable.Repeat(Numbers(1), 3)];

    public static TheoryData<string> Names => [.. Nodes.Keys, .. HostileOperators.Nodes.Keys, .. HostileQuantization.Nodes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_node_that_makes_no_sense_is_an_error_of_ours(string name)
    {
        OneNode node = (Nodes.GetValueOrDefault(name) ?? HostileOperators.Nodes.GetValueOrDefault(name) ?? HostileQuantization.Nodes[name])();
        byte[] bytes = node.Bytes(Shapes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception error = Assert.ThrowsAny<Exception>(() => Function.Compile(OnnxModel.Load(bytes).Signature).Run(node.Arguments));
        Assert.True(error is ToolkitException, $"{name}: expected an error of ours, found {error}");
        Assert.Contains("\"node\"", error.Message, StringComparison.Ordinal);
        Assert.Contains(name.Split(' ')[0], error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 20, 600);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Limit);
    }

    /// <summary>A length is data: it is known when the model runs, and counts as far as there is something to read.</summary>
    [Theory]
    [InlineData(4, 3)]
    [InlineData(int.MaxValue, 3)]
    [InlineData(-1, 0)]
    [InlineData(int.MinValue, 0)]
    public void Lengths_outside_the_sequence_count_as_the_nearest_within(int length, int nearest)
    {
        foreach (Func<OneNode> create in (Func<OneNode>[])[Gru, Lstm, Rnn])
        {
            Assert.Equal(Run(nearest), Run(length));

            float[] Run(int given)
            {
                OneNode node = create().Absent().Of(Value.Of([given], 1));
                return Function.Compile(OnnxModel.Load(node.Bytes([Numbers(3, 1, 1, 4)])).Signature).Run(node.Arguments)[0].ToArray<float>();
            }
        }
    }

    /// <summary>A batch normalization of the standard may have more results than the engine gives; the last that has a name counts.</summary>
    [Fact]
    public void Results_that_the_engine_does_not_give_are_refused_where_they_have_a_name()
    {
        ModelProto model = Normalization(3).Model([Numbers(1, 2, 3, 3), Numbers(2), Numbers(2)]);
        string message = Assert.Throws<ImportException>(() => OnnxModel.Load(model.ToByteArray())).Message;
        Assert.Contains("gives 1 of its results, found a use of 3", message, StringComparison.Ordinal);
        model = Normalization(1).Model([Numbers(1, 2, 3, 3)]);
        model.Graph.Node[0].Output.AddRange(["", ""]);
        Assert.Single(OnnxModel.Load(model.ToByteArray()).Signature.Outputs);

        static OneNode Normalization(int results) => new OneNode("BatchNormalization", 15).Of(Numbers(1, 2, 3, 3))
            .Constant(Numbers(2)).Constant(Numbers(2)).Constant(Numbers(2)).Constant(Numbers(2)).Gives(DataType.Float, results);
    }

    /// <summary>Backwards over nothing is nothing.</summary>
    [Fact]
    public void A_slice_of_no_elements_in_steps_of_minus_one_is_empty()
    {
        OneNode node = new OneNode("Slice", 13).Of(Value.Zeros(DType.Float32, 0, 3)).Constant(-1).Constant(long.MinValue).Constant(0).Constant(-1);
        Value found = Assert.Single(Function.Compile(OnnxModel.Load(node.Bytes([Value.Zeros(DType.Float32, 0, 3)])).Signature).Run(node.Arguments));
        Assert.Equal([0, 3], found.Sizes.ToArray());
    }

    private static OneNode Conv(int[] weights) => new OneNode("Conv", 11).Of(Numbers(1, 2, 4, 5)).Constant(Numbers(weights));

    private static OneNode Pool(string op) => new OneNode(op, 11).Of(Numbers(1, 2, 4, 5));

    private static OneNode Rnn() => new OneNode("RNN", 14).Of(Numbers(3, 1, 2)).Constant(Numbers(1, 4, 2)).Constant(Numbers(1, 4, 4)).With("hidden_size", 4);

    private static OneNode Gru() => new OneNode("GRU", 14).Of(Numbers(3, 1, 2)).Constant(Numbers(1, 12, 2)).Constant(Numbers(1, 12, 4));

    private static OneNode Lstm() => new OneNode("LSTM", 14).Of(Numbers(3, 1, 2)).Constant(Numbers(1, 16, 2)).Constant(Numbers(1, 16, 4));

    /// <summary>The sum of the elements so far: state [2], scanned [3, 2], results of the last state and of all of them.</summary>
    private static OneNode Scan(long inputs) => new OneNode("Scan", 16).Of(Numbers(2)).Of(Numbers(3, 2)).With("num_scan_inputs", inputs).Gives(DataType.Float, 2).With("body", new GraphProto
    {
        Name = "turn",
        Input = { GoodModel.Value("state", DataType.Float, 2), GoodModel.Value("element", DataType.Float, 2) },
        Output = { GoodModel.Value("next", DataType.Float, 2), GoodModel.Value("seen", DataType.Float, 2) },
        Node = { GoodModel.Node("Add", ["state", "element"], ["next"], "add"), GoodModel.Node("Identity", ["next"], ["seen"], "see") },
    });

    private static OneNode If(Value condition) => new OneNode("If", 16).Of(condition).With("then_branch", Branch(1)).With("else_branch", Branch(2));

    private static GraphProto Branch(float number) => new()
    {
        Name = $"branch{number}",
        Output = { GoodModel.Value($"r{number}", DataType.Float, 1) },
        Initializer = { GoodModel.Floats($"c{number}", number) },
        Node = { GoodModel.Node("Identity", [$"c{number}"], [$"r{number}"], "") },
    };

    private static Value Numbers(params int[] sizes)
    {
        int count = sizes.Aggregate(1, (product, size) => product * size);
        return Value.Of([.. Enumerable.Range(0, count).Select(i => (float)Math.Sin(i))], sizes);
    }
}
