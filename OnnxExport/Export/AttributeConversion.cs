using Google.Protobuf;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes attributes of operations.</summary>
internal static class AttributeConversion
{
    public static AttributeProto ToProto(OnnxAttribute attribute)
    {
        var proto = new AttributeProto { Name = attribute.Name };
        switch (attribute.Value)
        {
            case long number:
                proto.Type = AttributeType.Int;
                proto.I = number;
                break;
            case DType type:
                proto.Type = AttributeType.Int;
                proto.I = (long)type.ToDataType();
                break;
            case float number:
                proto.Type = AttributeType.Float;
                proto.F = number;
                break;
            case string text:
                proto.Type = AttributeType.String;
                proto.S = ByteString.CopyFromUtf8(text);
                break;
            case IReadOnlyList<long> numbers:
                proto.Type = AttributeType.Ints;
                proto.Ints.AddRange(numbers);
                break;
            case IReadOnlyList<float> numbers:
                proto.Type = AttributeType.Floats;
                proto.Floats.AddRange(numbers);
                break;
            case IReadOnlyList<string> texts:
                proto.Type = AttributeType.Strings;
                proto.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                break;
            case Value tensor:
                proto.Type = AttributeType.Tensor;
                proto.T = TensorConversion.ToProto(tensor, string.Empty);
                break;
            default:
                throw new ExportException(
                    $"Expected long, float, string, DType or a list of long or float as value of the attribute \"{attribute.Name}\", "
                    + $"found {attribute.Value.GetType().Name}.");
        }

        return proto;
    }
}
