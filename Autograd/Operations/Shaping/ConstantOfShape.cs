using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>A tensor in which every element is the same (ONNX <c>ConstantOfShape</c>). Inputs: the shape as an int64 vector, and the element as a tensor of one, float32 0 where it is
/// left out; in a file that is an attribute, so it is written where it is a constant, and as an expansion otherwise.</summary>
public sealed record ConstantOfShape : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new ConstantOfShape(), ExampleInput.Data(2, 3)) { Smoothness = 0 },
        new(new ConstantOfShape(), ExampleInput.Data(4), ExampleInput.Constant(-7)) { Smoothness = 0 },
        new(new ConstantOfShape(), ExampleInput.Data(2, 2), new ExampleInput([])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new ConstantOfShape().ApplyAll(node[0], node.Has("value") ? Variable.Of(node.Tensor("value")!) : null);

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        node.Inputs.Optional(1)?.Content is [var element] && node.Outputs[0].Shape is { Rank: 1, IsStatic: true } shape && shape[0].Number <= Variable.LargestContent
            ? [.. Enumerable.Repeat(element, shape[0].Size)]
            : null;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) =>
        [new Expand().Apply(inputs.Optional(1) is { } element ? Ops.Reshape(element, Shape.Scalar) : Variable.Scalar(0, DType.Float32), inputs[0])];

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) =>
        !request.Inputs.Has(1) ? new(Name) { Inputs = [request.Sizes(0)] }
        : request.Inputs.Constant(1) is { } element ? new(Name) { Attributes = [new OnnxAttribute("value", element.Reshape(1))], Inputs = [request.Sizes(0)] }
        : null;
}
