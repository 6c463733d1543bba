using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>(x − mean) / (√variance + 10⁻⁹) over axes (ONNX <c>MeanVarianceNormalization</c>).</summary>
/// <param name="Axes">The axes, counted from 0, in ascending order.</param>
public sealed record MeanVarianceNormalization(IntList Axes) : CompositeOperation, IOperator
{
    private const double Epsilon = 1e-9;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new MeanVarianceNormalization([0, 2, 3]), new ExampleInput([2, 3, 2, 2])),
        new(new MeanVarianceNormalization([1]), new ExampleInput(["batch", 5])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        Shape shape = node[0].Shape;
        IReadOnlyList<long> axes = node.Knows("axes") ? node.Integers("axes") ?? [0, 2, 3] : node.Flag("across_channels") ? [0, 1, 2, 3] : [0, 2, 3];
        return new MeanVarianceNormalization([.. axes.Select(axis => shape.Axis(axis)).Order()]).ApplyAll(node[0]);
    }

    /// <summary>The standardized numbers; float16 and bfloat16 are computed in float32.</summary>
    /// <param name="inputs">The argument.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        DType type = inputs[0].DType;
        Variable x = ElementType.Of(type).IsHalf ? Ops.Cast(inputs[0], DType.Float32) : inputs[0];
        Variable centered = x - Ops.Mean(x, Axes, keepDims: true);
        return [Ops.Cast(centered / (Ops.Sqrt(Ops.Mean(centered * centered, Axes, keepDims: true)) + Epsilon), type)];
    }

    /// <summary>ONNX Runtime has it for float32.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64 ? null : new(Name) { Attributes = [new OnnxAttribute("axes", Axes.ToLongs())] };
}
