using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Tests.Checking;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Models of a few nodes on sequences, written field by field.</summary>
internal static class SequenceModel
{
    public static NodeProto Node(string op, string inputs, string outputs, params AttributeProto[] attributes) =>
        GoodModel.Node(op, inputs.Length == 0 ? [] : inputs.Split(' '), outputs.Split(' '), string.Empty, attributes);

    public static AttributeProto Int(string name, long value) => GoodModel.Int(name, value);

    /// <summary>A graph in an attribute.</summary>
    /// <param name="name">The attribute.</param>
    /// <param name="inputs">The names of its inputs, with types where something follows a colon: i for an int64 scalar, b for a bool, s for a sequence of float32, a digit for float32 with so many axes.</param>
    /// <param name="outputs">The names of its outputs in the same way.</param>
    /// <param name="nodes">Its nodes.</param>
    public static AttributeProto Graph(string name, string inputs, string outputs, params NodeProto[] nodes) => GoodModel.Subgraph(name, new GraphProto
    {
        Name = name,
        Input = { Values(inputs) },
        Output = { Values(outputs) },
        Node = { nodes },
    });

    /// <summary>The file.</summary>
    /// <param name="inputs">The inputs of the graph by name.</param>
    /// <param name="outputs">The outputs, as <see cref="Graph"/> names them.</param>
    /// <param name="nodes">The nodes.</param>
    public static byte[] Bytes((string Name, Value Value)[] inputs, string outputs, params NodeProto[] nodes)
    {
        var graph = new GraphProto { Name = "sequences", Output = { Values(outputs) }, Node = { nodes } };
        graph.Input.AddRange(inputs.Select(input => GoodModel.Value(input.Name, input.Value.DType.ToDataType(), [.. input.Value.Sizes.ToArray().Select(size => (long)size)])));
        return Bytes(graph);
    }

    public static byte[] Bytes(GraphProto graph) => new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } }, Graph = graph }.ToByteArray();

    public static ValueInfoProto Sequence(string name, params long[] sizes) => new()
    {
        Name = name,
        Type = new TypeProto { SequenceType = new() { ElemType = GoodModel.Value(name, DataType.Float, sizes).Type } },
    };

    private static IEnumerable<ValueInfoProto> Values(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Value);

    private static ValueInfoProto Value(string text)
    {
        string[] parts = text.Split(':');
        DataType type = parts[^1] switch { "i" => DataType.Int64, "b" => DataType.Bool, _ => DataType.Float };
        TypeProto tensor = new() { TensorType = new() { ElemType = (int)type } };
        if (parts.Length > 1 && parts[1] != "s")
        {
            tensor.TensorType.Shape = new TensorShapeProto();
            tensor.TensorType.Shape.Dim.AddRange(Enumerable.Range(0, char.IsDigit(parts[1][0]) ? parts[1][0] - '0' : 0).Select(_ => new TensorShapeProto.Types.Dimension()));
        }

        return new ValueInfoProto { Name = parts[0], Type = parts[^1] == "s" ? new TypeProto { SequenceType = new() { ElemType = tensor } } : tensor };
    }
}
