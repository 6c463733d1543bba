using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Quantization;

/// <summary>
/// x as uint8 with a scale and a zero point that follow from it (ONNX <c>DynamicQuantizeLinear</c>): scale = (max(0, x) − min(0, x))/255, 1 where that is 0, zero point = −min(0, x)/scale rounded and
/// saturated. Results: the quantized x, the scale, the zero point. Where x has an element that is no number or infinite, the scale is that too. The gradient is zero.
/// </summary>
public sealed record DynamicQuantizeLinear : CompositeOperation, IOperator
{
    private const double Steps = 255;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new DynamicQuantizeLinear(), new ExampleInput(["batch", 4])) { Smoothness = 0 },
        new(new DynamicQuantizeLinear(), new ExampleInput([5], Low: 1, High: 4)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new DynamicQuantizeLinear().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        IntList axes = [.. Enumerable.Range(0, x.Shape.Rank)];
        Variable low = Ops.Min(Ops.ReduceMin(x, axes), 0), high = Ops.Max(Ops.ReduceMax(x, axes), 0);
        Variable range = (high - low) / Steps, scale = Ops.Where(Ops.Equal(range, Variable.Scalar(0, range.DType)), 1, range);
        Variable zero = Ops.Cast(Ops.Clip(new Round().Apply(-low / scale), 0, Steps), DType.UInt8);
        return [new QuantizeLinear().Apply(x, scale, zero), scale, zero];
    }

    /// <summary>The standard has it for float32.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float32 ? new(Name) : null;

    /// <summary>The standard has the operator for float32 alone; here it takes every floating-point type.</summary>
    public override Schema.OperatorSchema? StandardSchema() => null;
}
