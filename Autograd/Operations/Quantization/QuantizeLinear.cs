using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Quantization;

/// <summary>
/// x/scale, rounded to the nearest (the even one at a tie), plus the zero point, saturated (ONNX <c>QuantizeLinear</c>). Inputs: x, the scale, and a zero point of the type of the result, 0 if it is left
/// out; both are scalars, vectors along an axis, or have one number for each block of it. To a small floating-point type x/scale is cast. The gradient is zero.
/// A scale that is a constant is above 0; one that comes from data is not checked: what it makes infinite is saturated, what is no number becomes 0.
/// </summary>
/// <param name="To">The element type of the result.</param>
/// <param name="Axis">The axis, counted from 0.</param>
/// <param name="Block">The size of a block; 0 for one scale for each slice.</param>
/// <param name="Saturate">As of <see cref="Cast"/>.</param>
/// <param name="Precision">The type in which x is divided by the scale; null for that of the scale.</param>
public sealed record QuantizeLinear(DType To = DType.UInt8, int Axis = 1, int Block = 0, bool Saturate = true, DType? Precision = null) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new QuantizeLinear(), new ExampleInput(["batch", 4], Low: -300, High: 300), new ExampleInput([], Low: 0.5), new ExampleInput([], DType.UInt8, 3, 200)) { Smoothness = 0 },
        new(new QuantizeLinear(DType.Int8, 1), new ExampleInput([2, 3, 2], Low: -300, High: 300), new ExampleInput([3], Low: 0.5), new ExampleInput([3], DType.Int8, -5, 5)) { Smoothness = 0 },
        new(new QuantizeLinear(DType.UInt8, 0), new ExampleInput([3, 2], Low: -20, High: 300), new ExampleInput([3], Low: 0.5)) { Smoothness = 0 },
        new(new QuantizeLinear(DType.Int8, 1, 2), new ExampleInput([2, 5], Low: -300, High: 300), new ExampleInput([2, 3], Low: 0.5), new ExampleInput([2, 3], DType.Int8, -5, 5)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        Scales.RequirePositive(node.Operator, node[1]);
        DType to = Scales.Type(node, "output_dtype") ?? node.Optional(2)?.DType ?? DType.UInt8;
        bool isSmall = ElementType.Of(to).Kind == ElementKind.Floating;
        return new QuantizeLinear(to, Scales.Axis(node), Scales.Block(node), !isSmall || !node.Knows("saturate") || node.Flag("saturate"), Scales.Type(node, "precision"))
            .ApplyAll(node[0], node[1], node.Optional(2));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        if (inputs.Optional(2) is { } point && point.DType != To)
            throw new DTypeException($"{Name} expects a zero point of type {To}, found {point.DType}.");
        Scales.RequireTypes(this, inputs, To);
        Scales.RequirePair(this, inputs[1], inputs.Optional(2));
        if (Precision is { } asked)
            Require.Floating(this, asked);
        DType scale = inputs[1].DType, division = Precision ?? (ElementType.Of(scale).IsDifferentiable ? scale : DType.Float32);
        Variable quotient = Ops.Cast(inputs[0], division) / Ops.Cast(Scales.Along(this, inputs[1], inputs[0], Axis, Block), division);
        return [Rounded(this, division == DType.Float64 ? quotient : Ops.Cast(quotient, DType.Float32), inputs.Optional(2), inputs[0], To, Axis, Block, Saturate)];
    }

    /// <summary>What this operation makes of the convolution of a dequantized image with dequantized weights, as one of their integers. A method of the operation: a native program without it carries no kernels for integers.</summary>
    /// <param name="window">The convolution.</param>
    /// <param name="image">The inputs of the operation that gives the image, of one scale.</param>
    /// <param name="weights">Those of the operation that gives the weights, of one scale or one for each channel of the result.</param>
    /// <param name="addend">A number for each channel in int32, in units of the product of the scales, or null.</param>
    /// <param name="scale">The scale of the result.</param>
    /// <param name="zero">Its zero point, or null.</param>
    internal Variable Convolution(Conv window, Arguments image, Arguments weights, Variable? addend, Variable scale, Variable? zero) => new QLinearConv(window).Apply(
        image[0], image[1], Point(image), weights[0], weights[1], Point(weights), scale, zero ?? Variable.Of(Value.Zeros(To)), addend);

    private static Variable Point(Arguments dequantized) => dequantized.Optional(2) ?? Variable.Of(Value.Zeros(dequantized[0].DType));

    /// <summary>The standard has scales of up to 32 bits; here float64 is taken too.</summary>
    public override Schema.OperatorSchema? StandardSchema() => null;

    /// <summary>The standard has no float64 here, the type as an attribute and blocks from operator set 21 on.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request)
    {
        if (request.Inputs[0].DType == DType.Float64 || Precision is not null || (Block > 0 && request.Opset < 21) || (To != DType.UInt8 && !request.Inputs.Has(2)) || (!Saturate && request.Opset < 19))
            return null;
        var attributes = new List<OnnxAttribute> { new("axis", (long)Axis) };
        if (Block > 0)
            attributes.Add(new OnnxAttribute("block_size", (long)Block));
        if (!Saturate)
            attributes.Add(new OnnxAttribute("saturate", 0L));
        return new(Name) { Attributes = attributes };
    }

    /// <summary>Quotients as elements of a quantized type.</summary>
    internal static Variable Rounded(Operation operation, Variable quotient, Variable? zero, Variable x, DType to, int axis, int block, bool saturate)
    {
        ElementType row = ElementType.Of(to);
        Variable? offset = zero is null ? null : Ops.Cast(Scales.Along(operation, zero, x, axis, block), quotient.DType);
        if (row.Kind == ElementKind.Floating)
            return new Cast(to, saturate).Apply(offset is null ? quotient : quotient + offset);
        (double low, double high) = row.Kind == ElementKind.Signed ? (-Math.Pow(2, row.Bits - 1), Math.Pow(2, row.Bits - 1) - 1) : (0, Math.Pow(2, row.Bits) - 1);
        Variable whole = new Round().Apply(quotient);
        return Ops.Cast(Ops.Clip(offset is null ? whole : whole + offset, low, high), to);
    }
}
