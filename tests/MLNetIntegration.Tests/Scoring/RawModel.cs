using Google.Protobuf;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Models of other programs: types, names and sizes that the toolkit itself does not write.</summary>
internal static class RawModel
{
    /// <summary>The bytes of a model of nodes without attributes.</summary>
    public static byte[] Of(ValueInfoProto[] inputs, ValueInfoProto[] outputs, NodeProto[] nodes, int opset = 17, int irVersion = 8) => new ModelProto
    {
        IrVersion = irVersion,
        OpsetImport = { new OperatorSetIdProto { Domain = string.Empty, Version = opset } },
        Graph = new GraphProto { Name = "main", Input = { inputs }, Output = { outputs }, Node = { nodes } },
    }.ToByteArray();

    /// <summary>A model that gives each input back: "a" as "a_out".</summary>
    public static byte[] Identity(params ValueInfoProto[] inputs)
    {
        ValueInfoProto[] outputs = [.. inputs.Select(i => i.Clone())];
        foreach (ValueInfoProto output in outputs)
        {
            output.Name += "_out";
        }

        return Of(inputs, outputs, [.. inputs.Select(i => Node("Identity", [i.Name], i.Name + "_out"))]);
    }

    public static NodeProto Node(string op, string[] inputs, string output) => new() { OpType = op, Input = { inputs }, Output = { output } };

    /// <summary>A tensor with sizes, or names of dynamic ones; an empty name is a dynamic one without a name.</summary>
    public static ValueInfoProto Tensor(string name, DataType type, params object[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dims.Select(d => d switch
        {
            int size => new TensorShapeProto.Types.Dimension { DimValue = size },
            string { Length: > 0 } symbol => new TensorShapeProto.Types.Dimension { DimParam = symbol },
            _ => new TensorShapeProto.Types.Dimension(),
        }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new() { ElemType = (int)type, Shape = shape } } };
    }
}
