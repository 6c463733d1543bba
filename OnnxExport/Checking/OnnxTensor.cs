using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Checking;

/// <summary>A tensor that a model holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type and sizes in ONNX's terms, such as "float[512, 784]".</param>
/// <param name="Elements">The number of elements; 0 where the sizes make no sense.</param>
/// <param name="Bytes">The size of the elements; 0 for texts.</param>
/// <param name="IsExternal">Whether the elements are in a file beside the model.</param>
public sealed record OnnxTensor(string Name, string Type, long Elements, long Bytes, bool IsExternal)
{
    internal static OnnxTensor Of(TensorProto tensor)
    {
        ElementType? type = ElementType.OfCode(tensor.DataType);
        long count = TensorRules.TryCount(tensor.Dims, out long elements) ? elements : 0;
        return new OnnxTensor(
            Excerpt.Of(tensor.Name),
            $"{type?.Name ?? "?"}[{string.Join(", ", tensor.Dims)}]",
            count,
            type is { Bits: > 0 } ? ElementTypes.ByteCount((DataType)tensor.DataType, count) : 0,
            tensor.DataLocation == DataLocation.External);
    }
}
