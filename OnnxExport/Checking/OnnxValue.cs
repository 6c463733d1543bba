using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type in ONNX's terms, such as "float[batch, 784]" or "sequence(map(int64, float))"; "?" stands for what the file leaves open.</param>
public sealed record OnnxValue(string Name, string Type)
{
    internal static OnnxValue Of(ValueInfoProto value) => new(Excerpt.Of(value.Name), Text(value.Type));

    /// <summary>A type in ONNX's terms.</summary>
    internal static string Text(TypeProto? type) => type?.ValueCase switch
    {
        TypeProto.ValueOneofCase.TensorType => Tensor(type.TensorType.ElemType, type.TensorType.Shape),
        TypeProto.ValueOneofCase.SparseTensorType => $"sparse {Tensor(type.SparseTensorType.ElemType, type.SparseTensorType.Shape)}",
        TypeProto.ValueOneofCase.SequenceType => $"sequence({Text(type.SequenceType.ElemType)})",
        TypeProto.ValueOneofCase.OptionalType => $"optional({Text(type.OptionalType.ElemType)})",
        TypeProto.ValueOneofCase.MapType => $"map({Element(type.MapType.KeyType)}, {Text(type.MapType.ValueType)})",
        _ => "?",
    };

    private static string Tensor(int element, TensorShapeProto? shape) => Element(element) + (shape is null ? "[…]" : $"[{string.Join(", ", shape.Dim.Select(Size))}]");

    private static string Element(int code) => ElementType.OfCode(code)?.Name ?? "?";

    private static string Size(TensorShapeProto.Types.Dimension size) => size.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => size.DimValue.ToString(System.Globalization.CultureInfo.InvariantCulture),
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when size.DimParam.Length > 0 => Excerpt.Of(size.DimParam),
        _ => "?",
    };
}
