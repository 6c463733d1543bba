using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>A function of one floating-point number, applied to every element, that is a shorthand for others: they fuse into one loop.</summary>
public abstract record ActivationOperation : CompositeOperation
{
    /// <summary>The function, written in operations.</summary>
    /// <param name="x">The input.</param>
    protected abstract Variable Of(Variable x);

    /// <summary>The operator set from which on the standard has the operator.</summary>
    private protected virtual int Since => 13;

    /// <summary>The attributes in a file.</summary>
    private protected virtual IReadOnlyList<OnnxAttribute> Attributes => [];

    /// <summary>The function in other operations; float16 and bfloat16 are computed in float32 and rounded once, at the end.</summary>
    /// <param name="inputs">The argument.</param>
    public sealed override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        if (inputs.Length != 1)
            throw new GraphException($"{Name} expects 1 input, found {inputs.Length}.");
        DType type = inputs[0].DType;
        return [ElementType.Of(type).IsHalf ? Ops.Cast(Of(Ops.Cast(inputs[0], DType.Float32)), type) : Of(inputs[0])];
    }

    /// <summary>One node, but in float64: the standard holds attributes in single precision, and ONNX Runtime has kernels for float32 alone.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) =>
        request.Opset < Since || request.Inputs[0].DType == DType.Float64 ? null : new(Name) { Attributes = Attributes };

    /// <summary>An example away from the kinks, with elements on both sides.</summary>
    private protected static OperationExample At(Operation operation, double margin = 0, double low = -3, double high = 3) =>
        new(operation, new ExampleInput(["batch", 6], Low: low, High: high) { Margin = margin });
}
