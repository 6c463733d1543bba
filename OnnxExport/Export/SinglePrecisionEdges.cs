using Google.Protobuf;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Export;

/// <summary>Gives models with float16 or bfloat16 inputs and outputs edges of float32, for readers that do not have the short types.</summary>
public static class SinglePrecisionEdges
{
    /// <summary>
    /// Puts a Cast in front of each float16 or bfloat16 input and behind each such output. The names inside stay what they are: an input or output "x"
    /// is then called "x_single" (or "x_single_" and so on, if that is taken).
    /// </summary>
    /// <param name="model">The bytes of the .onnx file.</param>
    /// <exception cref="InvalidOnnxModelException">The bytes are no ONNX model, or one without a graph.</exception>
    /// <returns>The model and the new names by the old ones; the same bytes and no names if no edge is short.</returns>
    public static (byte[] Model, IReadOnlyDictionary<string, string> Names) Cast(byte[] model)
    {
        ModelProto proto = ModelCheck.Parse(model);
        GraphProto graph = proto.Graph;
        var initialized = new HashSet<string>(graph.Initializer.Select(i => i.Name), StringComparer.Ordinal);
        ValueInfoProto[] inputs = [.. graph.Input.Where(i => IsShort(i) && !initialized.Contains(i.Name))], outputs = [.. graph.Output.Where(IsShort)];
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (inputs.Length + outputs.Length == 0)
        {
            return (model, names);
        }

        var taken = new HashSet<string>(
            graph.Node.SelectMany(n => n.Input.Concat(n.Output)).Concat(graph.Input.Concat(graph.Output).Select(v => v.Name)).Concat(initialized), StringComparer.Ordinal);
        var casts = new List<NodeProto>();
        foreach (ValueInfoProto input in inputs)
        {
            string name = names[input.Name] = Free(input.Name, taken);
            casts.Add(CastTo(input.Type.TensorType.ElemType, name, input.Name));
            (input.Name, input.Type.TensorType.ElemType) = (name, (int)DataType.Float);
        }

        casts.AddRange(graph.Node);
        graph.Node.Clear();
        graph.Node.AddRange(casts);
        foreach (ValueInfoProto output in outputs)
        {
            string name = names[output.Name] = Free(output.Name, taken);
            graph.Node.Add(CastTo((int)DataType.Float, output.Name, name));
            (output.Name, output.Type.TensorType.ElemType) = (name, (int)DataType.Float);
        }

        return (proto.ToByteArray(), names);
    }

    private static bool IsShort(ValueInfoProto value) => value.Type?.TensorType?.ElemType is (int)DataType.Float16 or (int)DataType.Bfloat16;

    private static string Free(string name, HashSet<string> taken)
    {
        name += "_single";
        while (!taken.Add(name))
        {
            name += "_";
        }

        return name;
    }

    private static NodeProto CastTo(int type, string from, string to) => new()
    {
        OpType = "Cast",
        Input = { from },
        Output = { to },
        Attribute = { new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = type } },
    };
}
