using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Quantization;

/// <summary>
/// (x − zero point)·scale (ONNX <c>DequantizeLinear</c>). Inputs: x of an integer type or one of the small floating-point types, the scale, and a zero point of the type of x, 0 if it is left out; both are
/// scalars, vectors along an axis, or have one number for each block of it. Computed in float32. A scale that is a constant is above 0.
/// </summary>
/// <param name="Axis">The axis, counted from 0.</param>
/// <param name="Block">The size of a block; 0 for one scale for each slice.</param>
/// <param name="Type">The element type of the result; null for that of the scale.</param>
public sealed record DequantizeLinear(int Axis = 1, int Block = 0, DType? Type = null) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new DequantizeLinear(), new ExampleInput(["batch", 4], DType.UInt8, 0, 9), new ExampleInput([], Low: 0.5), new ExampleInput([], DType.UInt8, 3, 7)),
        new(new DequantizeLinear(1), new ExampleInput([2, 3, 2], DType.Int8, -6, 6), new ExampleInput([3], Low: 0.5), new ExampleInput([3], DType.Int8, -5, 5)),
        new(new DequantizeLinear(0), new ExampleInput([3, 2], DType.Int32, -5, 5), new ExampleInput([3], Low: 0.5)),
        new(new DequantizeLinear(1, 2), new ExampleInput([2, 5], DType.Int8, -6, 6), new ExampleInput([2, 3], Low: 0.5), new ExampleInput([2, 3], DType.Int8, -5, 5)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        Scales.RequirePositive(node.Operator, node[1]);
        return new DequantizeLinear(Scales.Axis(node), Scales.Block(node), Scales.Type(node, "output_dtype")).ApplyAll(node[0], node[1], node.Optional(2));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Scales.RequireTypes(this, inputs, Type);
        Scales.RequirePair(this, inputs[1], inputs.Optional(2));
        if (inputs.Optional(2) is { } point)
            Require.SameType(this, inputs[0].DType, point.DType);
        DType wide = inputs[1].DType == DType.Float64 ? DType.Float64 : DType.Float32;
        Variable x = Ops.Cast(inputs[0], wide);
        if (inputs.Optional(2) is { } zero)
            x -= Ops.Cast(Scales.Along(this, zero, inputs[0], Axis, Block), wide);
        return [Ops.Cast(x * Ops.Cast(Scales.Along(this, inputs[1], inputs[0], Axis, Block), wide), Type ?? inputs[1].DType)];
    }

    /// <summary>The product of two dequantized matrices as the product of their integers. A method of the operation: a native program without it carries no kernels for integers.</summary>
    /// <param name="left">The inputs of this operation, of one scale.</param>
    /// <param name="right">Those of the operation that gives the right matrix, of one scale or one for each column.</param>
    /// <param name="transpose">Whether the right matrix is transposed.</param>
    internal Variable Product(Arguments left, Arguments right, bool transpose)
    {
        Variable integers = transpose ? Ops.Transpose(right[0], [1, 0]) : right[0];
        Variable product = new MatMulInteger().Apply(left[0], integers, left.Optional(2), right.Optional(2));
        return Ops.Cast(product, Type ?? DType.Float32) * (Ops.Reshape(left[1], Shape.Scalar) * (Scales.IsOne(right[1].Shape) ? Ops.Reshape(right[1], Shape.Scalar) : right[1]));
    }

    /// <summary>The convolution of a dequantized image with dequantized weights as that of their integers.</summary>
    /// <param name="window">The convolution.</param>
    /// <param name="image">The inputs of this operation, of one scale.</param>
    /// <param name="weights">Those of the operation that gives the weights, of one scale or one for each channel of the result.</param>
    internal Variable Convolution(Conv window, Arguments image, Arguments weights)
    {
        Variable sum = new ConvInteger(window).Apply(image[0], weights[0], image.Optional(2), weights.Optional(2));
        Variable scale = Ops.Reshape(image[1], Shape.Scalar) * Scales.PerOutput(weights[1], weights[0]);
        Dim[] beside = [.. Enumerable.Repeat((Dim)1, sum.Shape.Rank - 2)];
        return Ops.Cast(sum, Type ?? DType.Float32) * (Scales.IsOne(weights[1].Shape) ? scale : Ops.Reshape(scale, [weights[1].Shape[0], .. beside]));
    }

    /// <summary>The standard has scales of up to 32 bits; here float64 is taken too.</summary>
    public override Schema.OperatorSchema? StandardSchema() => null;

    /// <summary>The standard's scale has no float64, and its blocks came with operator set 21.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) =>
        request.Inputs[1].DType == DType.Float64 || Type is not null || (Block > 0 && request.Opset < 21) ? null
        : Block > 0 ? new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis), new OnnxAttribute("block_size", (long)Block)] }
        : new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis)] };
}
