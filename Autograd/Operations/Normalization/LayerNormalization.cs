using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>
/// (x − mean) / √(variance + ε) · scale + bias with mean and variance over the axes from one on (ONNX <c>LayerNormalization</c>; Ba, Kiros and Hinton 2016). Inputs: x, scale,
/// bias or none, which broadcast to the normalized axes. Results: y of the type of x; the mean and 1/√(variance + ε), with sizes of 1 on the normalized axes.
/// </summary>
/// <param name="Axis">The first axis; negative ones count from the end.</param>
/// <param name="Epsilon">ε, what is added to the variance.</param>
/// <param name="Stash">The type of the mean and of 1/√(variance + ε), in which x is normalized unless its own is wider (ONNX <c>stash_type</c>).</param>
public sealed record LayerNormalization(int Axis = -1, double Epsilon = 1e-5, DType Stash = DType.Float32) : CompositeOperation, IOperator
{
    private const int Since = 17;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        OperationExample.Of(type => new LayerNormalization(Stash: type), new ExampleInput(["batch", 4]), new([4]), new([4])),
        OperationExample.Of(type => new LayerNormalization(1, 1e-2, type), new ExampleInput(["batch", 2, 3]), new([2, 3])),
        OperationExample.Of(type => new LayerNormalization(-3, Stash: type), new ExampleInput([2, 3, 2]), new([3, 1]), new([2])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new LayerNormalization(node.Int32("axis"), node.Number("epsilon"), Statistics.StashOf(node)).ApplyAll(node[0], node[1], node.Optional(2));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        (Variable mean, Variable distances, Variable inverse) = Statistics.Over(Ops.Cast(x, x.DType == DType.Float64 ? x.DType : Stash), Statistics.From(x, Axis), Epsilon);
        Variable y = Ops.Cast(distances * inverse, x.DType) * inputs[1];
        return [inputs.Optional(2) is { } bias ? y + bias : y, Ops.Cast(mean, Stash), Ops.Cast(inverse, Stash)];
    }

    /// <summary>The operator from set 17 on, for statistics in float32; ONNX holds ε in single precision.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < Since || Stash != DType.Float32 || request.Inputs[0].DType == DType.Float64 ? null : new(Name)
    {
        Attributes = [new OnnxAttribute("axis", (long)Axis), new OnnxAttribute("epsilon", (float)Epsilon), new OnnxAttribute("stash_type", 1L)],
    };
}

/// <summary>
/// x / √(mean of x² + ε) · scale with the mean over the axes from one on (ONNX <c>RMSNormalization</c>; Zhang and Sennrich 2019). Inputs: x, and scale, which broadcasts to the
/// normalized axes.
/// </summary>
/// <remarks>It is an operator from set 23 on, after those that are written: it is written in others.</remarks>
/// <param name="Axis">The first axis; negative ones count from the end.</param>
/// <param name="Epsilon">ε, what is added to the mean.</param>
/// <param name="Stash">The type in which x is normalized (ONNX <c>stash_type</c>).</param>
public sealed record RMSNormalization(int Axis = -1, double Epsilon = 1e-5, DType Stash = DType.Float32) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        OperationExample.Of(type => new RMSNormalization(Stash: type), new ExampleInput(["batch", 4]), new([4])),
        OperationExample.Of(type => new RMSNormalization(1, 1e-2, type), new ExampleInput(["batch", 2, 3]), new([2, 3])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new RMSNormalization(node.Int32("axis"), node.Number("epsilon"), Statistics.StashOf(node)).ApplyAll(node[0], node[1]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = Ops.Cast(inputs[0], Stash);
        Variable inverse = Statistics.Reciprocal(Ops.Mean(x * x, Statistics.From(x, Axis), keepDims: true), Epsilon);
        return [Ops.Cast(x * inverse, inputs[0].DType) * inputs[1]];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;
}
