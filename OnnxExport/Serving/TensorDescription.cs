using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Serving;

/// <summary>An input or output of a served model.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="ElementType">The element type, any of ONNX Runtime's.</param>
/// <param name="Shape">The shape; a dynamic axis without a name is called after the tensor and the axis.</param>
public sealed record TensorDescription(string Name, TensorElementType ElementType, Shape Shape)
{
    /// <summary>Element type and shape in the toolkit's terms.</summary>
    /// <exception cref="ServingException">The standard has no such element type.</exception>
    public TensorType Type => new(
        ValueType(ElementType) ?? throw new ServingException($"Expected an element type of ONNX for \"{Name}\", found {ElementType}."), Shape);

    /// <inheritdoc/>
    public override string ToString() => $"\"{Name}\" ({ElementType}{Shape})";

    /// <summary>The sizes of a tensor that is always as large.</summary>
    /// <exception cref="ServingException">One is not known before a run.</exception>
    internal int[] StaticSizes() => Shape.All(dim => dim.IsStatic)
        ? [.. Shape.Select(dim => dim.Size)]
        : throw new ServingException($"Expected fixed sizes of {this}, found one that only a run tells.");

    internal static TensorDescription Of(string name, NodeMetadata metadata)
    {
        if (!IsTensor(metadata))
        {
            throw new ServingException($"Expected a tensor for \"{name}\", found {metadata.OnnxValueType}; only tensors are served.");
        }

        var dims = new Dim[metadata.Dimensions.Length];
        for (int axis = 0; axis < dims.Length; axis++)
        {
            string symbol = metadata.SymbolicDimensions[axis];
            dims[axis] = metadata.Dimensions[axis] >= 0
                ? metadata.Dimensions[axis]
                : string.IsNullOrWhiteSpace(symbol) ? $"{name}.{axis}" : symbol;
        }

        return new TensorDescription(name, metadata.ElementDataType, Shape.Of(dims));
    }

    internal static bool IsTensor(NodeMetadata metadata) => metadata.IsTensor || metadata.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR;

    /// <summary>The element type in the toolkit's terms: ONNX Runtime's numbers are those of the standard.</summary>
    internal static DType? ValueType(TensorElementType type) => Autograd.Tensors.ElementType.OfCode((long)type)?.Type;
}
