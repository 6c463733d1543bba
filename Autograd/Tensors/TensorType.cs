namespace Toolkit.Autograd.Tensors;

/// <summary>What is known of a tensor before it has a value: element type and shape.</summary>
/// <param name="DType">The element type.</param>
/// <param name="Shape">The shape, symbols allowed.</param>
public sealed record TensorType(DType DType, Shape Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{DType}{Shape}";
}
