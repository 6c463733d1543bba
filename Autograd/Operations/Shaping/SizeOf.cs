using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>The number of elements of a tensor as an int64 scalar (ONNX <c>Size</c>). The gradient is zero.</summary>
public sealed record SizeOf : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static string OnnxName => "Size";

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new SizeOf(), new ExampleInput(["batch", 4])) { Smoothness = 0 },
        new(new SizeOf(), new ExampleInput([])) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public override string Name => OnnxName;

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new SizeOf().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Dim> Content(Node node, int output) => [node.Inputs[0].Shape.ElementCount];

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) => [new ReduceProd(KeepDims: false).Apply(Ops.ShapeOf(inputs[0]))];
}
