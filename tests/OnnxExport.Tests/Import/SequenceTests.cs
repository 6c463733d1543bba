using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Export;
using static Toolkit.OnnxExport.Tests.Import.SequenceModel;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Sequences and optionals give the numbers of ONNX Runtime, whether it is known when the file is read how many tensors there are, or shows when it runs; and they are written as tensors.</summary>
public class SequenceTests
{
    private static readonly Value A = Ramp(0.5f, 2, 3), B = Ramp(-1f, 2, 1), C = Ramp(2f, 2, 2);

    private static readonly Dictionary<string, (byte[] Bytes, Value[][] Runs)> Models = new(StringComparer.Ordinal)
    {
        ["At"] = Of("y:2", [Position(0), Position(2), Position(-3)], Construct, Node("SequenceAt", "s p", "y")),
        ["AtKnown"] = Of("y:2", [Position(0)], Construct, Known(-1), Node("SequenceAt", "s known", "y")),
        ["Length"] = Of("y:i n:i", [Position(0)], Construct, Node("SequenceErase", "s p", "t"), Node("SequenceLength", "s", "n"), Node("SequenceLength", "t", "y")),
        ["Insert"] = Of("y:2", [Position(0), Position(1), Position(3), Position(-1)], Construct, Node("SequenceInsert", "s b p", "t"), Node("ConcatFromSequence", "t", "y", Int("axis", 1))),
        ["InsertKnown"] = Of("y:2", [Position(0)], Construct, Known(1), Node("SequenceInsert", "s b known", "t"), Node("SequenceInsert", "t a", "u"), Node("ConcatFromSequence", "u", "y", Int("axis", -1))),
        ["Erase"] = Of("y:2", [Position(0), Position(1), Position(-1)], Construct, Node("SequenceErase", "s p", "t"), Node("ConcatFromSequence", "t", "y", Int("axis", 1))),
        ["EraseLast"] = Of("y:2", [Position(0)], Construct, Node("SequenceErase", "s", "t"), Node("ConcatFromSequence", "t", "y", Int("axis", 1))),
        ["NewAxis"] = Of("y:3 z:3", [Position(0), Position(1)],
            Node("SequenceConstruct", "a a", "s"), Node("Neg", "a", "m"), Node("SequenceInsert", "s m p", "t"),
            Node("ConcatFromSequence", "t", "y", Int("axis", 1), Int("new_axis", 1)), Node("ConcatFromSequence", "t", "z", Int("axis", -1), Int("new_axis", 1))),
        ["Split"] = Of("y:2 z:i u:2", [Parts(2), Parts(3), Parts(1)],
            Node("SplitToSequence", "a p", "s", Int("axis", 1)), Node("SequenceLength", "s", "z"), Known(0), Node("SequenceAt", "s known", "u"), Node("ConcatFromSequence", "s", "y", Int("axis", 1))),
        ["SplitRows"] = Of("y:2 z:i", [Parts(1), Parts(2)],
            Node("SplitToSequence", "a p", "s"), Node("SequenceLength", "s", "z"), Known(-1), Node("SequenceAt", "s known", "y")),
        ["SplitSingly"] = Of("y:1", [Position(0), Position(2)], Node("SplitToSequence", "a", "s", Int("axis", 1), Int("keepdims", 0)), Node("SequenceAt", "s p", "y")),
        ["SplitList"] = Of("y:2", [[A, B, C, Value.Of([1L, 2L], 2)], [A, B, C, Value.Of([2L, 1L], 2)]],
            Node("SplitToSequence", "a p", "s", Int("axis", 1)), Known(0), Node("SequenceAt", "s known", "y")),
        ["Loop"] = Of("y:2 z:3", [Position(0), Position(1), Position(3)],
            Node("SequenceEmpty", "", "empty"),
            Node("SequenceInsert", "empty c", "first"),
            Node("Loop", "p  first", "all", Graph("body", "turn:i on:b before:s", "off:b after:s",
                Node("Identity", "on", "off"), Node("Cast", "turn", "number", Int("to", 1)), Node("Mul", "c number", "x"), Node("SequenceInsert", "before x", "after"))),
            Node("ConcatFromSequence", "all", "y", Int("axis", 1)),
            Node("ConcatFromSequence", "all", "z", Int("axis", 0), Int("new_axis", 1))),
        ["LoopFromNothing"] = Of("y:2", [Position(1), Position(4)],
            Node("SequenceEmpty", "", "empty"),
            Node("Loop", "p  empty", "all", Graph("body", "turn:i on:b before:s", "off:b after:s",
                Node("Identity", "on", "off"), Node("Cast", "turn", "number", Int("to", 1)), Node("Add", "b number", "x"), Node("SequenceInsert", "before x", "after"))),
            Node("ConcatFromSequence", "all", "y", Int("axis", 1))),
        ["LoopOverSequence"] = Of("y:2", [Position(2), Position(3)], Construct, Known(0),
            Node("Loop", "p  b", "y", Graph("body", "turn:i on:b sum", "off:b next",
                Node("Identity", "on", "off"), Node("SequenceAt", "s turn", "x"), Node("Constant", "", "axes", Numbers("value_ints", 1)), Node("ReduceSum", "x axes", "r"), Node("Add", "sum r", "next")))),
        ["If"] = Of("y:2", [Position(0), Position(1)], Construct, Node("Cast", "p", "is", Int("to", 9)),
            Node("If", "is", "t", Graph("then_branch", "", "u:s", Node("SequenceErase", "s", "u")), Graph("else_branch", "", "v:s", Node("SequenceInsert", "s b", "v"))),
            Node("ConcatFromSequence", "t", "y", Int("axis", 1))),
        ["Map"] = Of("y:2", [Position(0), Position(2)], Construct,
            Node("SequenceMap", "s b", "t", Graph("body", "x w", "z", Node("Mul", "x w", "z"))), Node("SequenceAt", "t p", "y")),
        ["Optional"] = Of("y:2 h:b", [Position(0)],
            Node("Optional", "a", "o"), Node("OptionalHasElement", "o", "h"), Node("OptionalGetElement", "o", "y")),
    };

    public static TheoryData<string> Rows => [.. Models.Keys];

    private static NodeProto Construct => Node("SequenceConstruct", "a b c", "s");

    [Theory]
    [MemberData(nameof(Rows))]
    public void Sequences_give_the_numbers_of_ONNX_Runtime(string row)
    {
        (byte[] bytes, Value[][] runs) = Models[row];
        OnnxModel model = OnnxModel.Load(bytes);
        Function function = Function.Compile(model.Signature);
        using OnnxSession original = OnnxSession.Load(bytes), written = OnnxSession.Load(OnnxExporter.Export(model.Signature, model.ExportOptions));
        foreach (Value[] run in runs)
        {
            IReadOnlyList<Value> expected = original.Run(run), again = written.Run(run);
            Value[] found = function.Run(run);
            for (int i = 0; i < expected.Count; i++)
            {
                Parity.Equal(expected[i], found[i], 1e-6, $"{row} at {run[^1]}, output {i}");
                Parity.Equal(expected[i], again[i], 1e-6, $"{row} at {run[^1]}, output {i}, written again");
            }
        }
    }

    /// <summary>Where the place of each tensor is known, nothing of the sequence is left in the graph.</summary>
    [Fact]
    public void Sequences_of_known_length_cost_nothing()
    {
        OnnxModel model = OnnxModel.Load(Models["AtKnown"].Bytes);
        Assert.Empty(model.Signature.Nodes);
    }

    /// <summary>Σ (chosen tensor)² has twice that tensor as its gradient, and zeros for the others.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Gradients_flow_through_a_position_that_depends_on_data(int position)
    {
        OnnxModel model = OnnxModel.Load(Models["At"].Bytes);
        Variable[] inputs = [.. model.Signature.Inputs];
        Variable loss = model.Signature.Outputs[0].Variable.Square().Sum();
        Value[] found = Function.Compile(inputs, [.. Gradient.Of(loss, inputs[..3])]).Run([A, B, C, Value.Of((long)position)]);
        foreach ((Value given, Value gradient, int i) in new[] { A, B, C }.Zip(found, Enumerable.Range(0, 3)))
            Assert.Equal(given.ToArray<float>().Select(x => i == position ? 2 * x : 0), gradient.ToArray<float>());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-4)]
    public void A_position_outside_is_an_error(long position)
    {
        Assert.Throws<ShapeException>(() => Function.Compile(OnnxModel.Load(Models["At"].Bytes).Signature).Run([A, B, C, Value.Of(position)]));
        byte[] known = Bytes([("a", A)], "y:2", Node("SequenceConstruct", "a a a", "s"), Known(position), Node("SequenceAt", "s known", "y"));
        Assert.Contains("position in a sequence of 3 tensors", Assert.Throws<ImportException>(() => OnnxModel.Load(known)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_are_inputs_and_outputs_as_two_tensors()
    {
        var graph = new GraphProto { Name = "g", Input = { Sequence("s", 2, 3) }, Output = { Sequence("t", 2, 3) }, Node = { Node("SequenceInsert", "s x", "t") } };
        graph.Input.Add(Checking.GoodModel.Value("x", TensorProto.Types.DataType.Float, 2, 3));
        Signature signature = OnnxModel.Load(Bytes(graph)).Signature;
        Assert.Equal(["s_elements", "s_shapes", "x"], signature.Inputs.Select(input => input.Name));
        Assert.Equal(["t_elements", "t_shapes"], signature.Outputs.Select(output => output.Name));
        Function function = Function.Compile(signature);
        foreach (Value[] given in new Value[][] { [], [A], [A, Ramp(3f, 2, 3)] })
        {
            (Value elements, Value shapes) = SequenceValues.Pack(DType.Float32, given);
            Value[] found = function.Run(elements, shapes, Ramp(7f, 2, 3));
            Value[] tensors = [.. SequenceValues.Unpack(found[0], found[1])];
            Assert.Equal(given.Length + 1, tensors.Length);
            Assert.All(tensors.Zip(given.Append(Ramp(7f, 2, 3))), pair => Assert.True(pair.First.BitEquals(pair.Second)));
        }
    }

    [Fact]
    public void What_is_no_sequence_of_tensors_is_refused()
    {
        (byte[] Bytes, string Reason)[] rows =
        [
            (Bytes([("a", A)], "y:2", Node("SequenceAt", "a a", "y")), "Expected a sequence as input 0"),
            (Bytes([("a", A)], "y:2", Node("SequenceConstruct", "a a", "s"), Node("Relu", "s", "y")), "takes tensors, found inputs of the kinds Sequence"),
            (Bytes([("a", A)], "y:2", Node("SequenceConstruct", "a a", "s"), Node("SequenceConstruct", "s s", "y")), "Expected a tensor as input 0, found a Sequence"),
            (Bytes([("a", A)], "y:2", Node("SequenceEmpty", "", "s"), Node("ConcatFromSequence", "s", "y", Int("axis", 0))), "whose tensors have a known number of axes"),
            (Bytes([("a", A)], "y:2", Node("SequenceEmpty", "", "s", Int("dtype", 7)), Node("SequenceInsert", "s a", "y")), "Expected tensors of Int64"),
        ];
        Assert.All(rows, row => Assert.Contains(row.Reason, Assert.Throws<ImportException>(() => OnnxModel.Load(row.Bytes)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_that_do_not_fit_the_elements_are_refused()
    {
        (Value elements, Value shapes) = SequenceValues.Pack(DType.Float32, [A, B]);
        Assert.Throws<ShapeException>(() => SequenceValues.Unpack(Ramp(0, 7), shapes));
        Assert.Throws<ShapeException>(() => SequenceValues.Unpack(Ramp(0, 9), shapes));
        Assert.Throws<ShapeException>(() => SequenceValues.Unpack(elements, Value.Full(9, DType.Int64, 1, SequenceValues.RowLength)));
        Assert.Throws<DTypeException>(() => SequenceValues.Pack(DType.Int64, [A]));
        Assert.Throws<ShapeException>(() => SequenceValues.Pack(DType.Float32, [Value.Zeros(DType.Float32, 1, 1, 1, 1, 1, 1, 1, 1, 1)]));
    }

    private static (byte[] Bytes, Value[][] Runs) Of(string outputs, Value[][] runs, params NodeProto[] nodes)
    {
        string[] names = ["a", "b", "c", "p"];
        return (Bytes([.. names.Zip(runs[0])], outputs, nodes), runs);
    }

    private static Value[] Position(long position) => [A, B, C, Value.Of(position)];

    private static Value[] Parts(long size) => Position(size);

    private static NodeProto Known(long position) => Node("Constant", "", "known", Int("value_int", position));

    private static AttributeProto Numbers(string name, params long[] numbers) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { numbers } };

    private static Value Ramp(float first, params int[] sizes) => Value.Of([.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(i => first + (0.25f * i))], sizes);
}
