using Google.Protobuf;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Serving;

/// <summary>A model without its weights: nodes, functions, and the values whose types it states. The weights of a large file are passed over as it streams by.</summary>
internal static class ModelOutline
{
    /// <summary>Reads it.</summary>
    /// <param name="content">The model.</param>
    /// <returns>The outline; null where the content is no model: what it is instead, ONNX Runtime says.</returns>
    public static ModelProto? Read(Stream content)
    {
        var model = new ModelProto { Graph = new GraphProto() };
        try
        {
            using var input = new CodedInputStream(content);
            while (input.ReadTag() is var tag and not 0)
            {
                if (tag == WireFormat.MakeTag(ModelProto.GraphFieldNumber, WireFormat.WireType.LengthDelimited))
                    ReadGraph(input, model.Graph);
                else if (tag == WireFormat.MakeTag(ModelProto.FunctionsFieldNumber, WireFormat.WireType.LengthDelimited))
                    model.Functions.Add(FunctionProto.Parser.ParseFrom(input.ReadBytes()));
                else
                    input.SkipLastField();
            }

            return model;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static void ReadGraph(CodedInputStream input, GraphProto graph)
    {
        int length = input.ReadLength();
        long end = input.Position + length;
        while (input.Position < end)
        {
            uint tag = input.ReadTag();
            switch (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited ? WireFormat.GetTagFieldNumber(tag) : 0)
            {
                case GraphProto.NodeFieldNumber:
                    graph.Node.Add(NodeProto.Parser.ParseFrom(input.ReadBytes()));
                    break;
                case GraphProto.InputFieldNumber:
                    graph.Input.Add(ValueInfoProto.Parser.ParseFrom(input.ReadBytes()));
                    break;
                case GraphProto.OutputFieldNumber:
                    graph.Output.Add(ValueInfoProto.Parser.ParseFrom(input.ReadBytes()));
                    break;
                case GraphProto.ValueInfoFieldNumber:
                    graph.ValueInfo.Add(ValueInfoProto.Parser.ParseFrom(input.ReadBytes()));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }
}
