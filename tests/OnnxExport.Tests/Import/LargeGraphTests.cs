using System.Diagnostics;
using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

public sealed class LargeGraphTests
{
    /// <summary>
    /// A chain is as deep as it is long: nothing may go along it by calls of itself. Four times the nodes take four times the memory and about four times the time; what looked at all
    /// nodes for each would take sixteen times as long. A busy machine may slow one of the two runs down, so the best of three pairs counts.
    /// </summary>
    [Fact]
    public void A_chain_of_half_a_million_nodes_is_checked_read_and_written_in_linear_time()
    {
        const int Length = 500_000, Times = 4;
        double best = double.PositiveInfinity;
        for (int pair = 0; pair < 3 && best > 2 * Times; pair++)
        {
            (TimeSpan Time, long Bytes) part = RunChain(Length / Times), whole = RunChain(Length);
            Assert.InRange(whole.Bytes / (double)part.Bytes, 0, 1.25 * Times);
            best = Math.Min(best, whole.Time / part.Time);
        }

        Assert.InRange(best, 0, 2 * Times);
    }

    /// <summary>What it takes to check, read, write and run a chain: the time, and the bytes that are allocated on the way.</summary>
    private static (TimeSpan Time, long Bytes) RunChain(int length)
    {
        var model = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            Graph = new GraphProto { Name = "chain", Input = { GoodModel.Value("v0", DataType.Float, 1) }, Output = { GoodModel.Value($"v{length}", DataType.Float, 1) } },
        };
        for (int i = 0; i < length; i++)
            model.Graph.Node.Add(GoodModel.Node("Neg", [$"v{i}"], [$"v{i + 1}"], ""));
        byte[] bytes = model.ToByteArray();
        (long start, long before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        Assert.Empty(ModelCheck.Check(bytes));
        OnnxModel read = OnnxModel.Load(bytes);
        Assert.Equal(length, read.Signature.Nodes.Count);
        Assert.True(OnnxExporter.Export(read.Signature, read.ExportOptions).Length > bytes.Length / 2);
        Assert.Equal(3f, Interpreter.Run(read.Signature, Value.Of([3f], 1))[0].Span<float>()[0]);
        return (Stopwatch.GetElapsedTime(start), GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>A size without a name is called after its input; another size may be called just so.</summary>
    [Fact]
    public void A_size_without_a_name_is_not_taken_for_another_that_is_called_like_it()
    {
        var model = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            Graph = new GraphProto
            {
                Name = "sizes",
                Input = { Sized("x", ""), Sized("z", "x_dim0"), Sized("x_dim", "x_dim0_") },
                Output = { Sized("a", ""), Sized("b", ""), Sized("c", "") },
                Node = { GoodModel.Node("Neg", ["x"], ["a"], ""), GoodModel.Node("Neg", ["z"], ["b"], ""), GoodModel.Node("Neg", ["x_dim"], ["c"], "") },
            },
        };
        OnnxModel read = OnnxModel.Load(model.ToByteArray());
        IReadOnlyList<Value> found = Function.Compile(read.Signature).Run(Value.Of([1f, 2], 2), Value.Of([1f, 2, 3], 3), Value.Of([1f], 1));
        Assert.Equal([2, 3, 1], found.Select(y => y.Count));
    }

    private static ValueInfoProto Sized(string name, string symbol)
    {
        ValueInfoProto value = GoodModel.Value(name, DataType.Float, 1);
        value.Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimParam = symbol };
        return value;
    }
}
