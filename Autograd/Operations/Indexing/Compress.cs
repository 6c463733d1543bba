using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>The slices along an axis for which a condition holds (ONNX <c>Compress</c>). Inputs: data, and a vector of truth values, which may be shorter than the axis. The size of the
/// result depends on them. The gradient goes to the slices that were taken.</summary>
/// <param name="Axis">The axis; null for the elements of the data as one vector.</param>
public sealed record Compress(int? Axis = null) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Compress(0), new ExampleInput([4, 3]), new ExampleInput([4], DType.Bool, 0, 1)),
        new(new Compress(-1), new ExampleInput(["batch", 3]), new ExampleInput([2], DType.Bool, 0, 1)),
        new(new Compress(), new ExampleInput([2, 3]), new ExampleInput([5], DType.Bool, 0, 1)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Compress(node.Has("axis") ? node.Int32("axis") : null).ApplyAll(node[0], node[1]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable x, Variable condition) = (inputs[0], inputs[1]);
        if (condition.Shape.Rank != 1)
            throw new ShapeException($"{Name} expects a vector of truth values, found {condition}.");
        Variable places = new Squeeze().Apply(new NonZero().Apply(condition), Ops.Integers(0));
        return [Axis is { } axis ? Ops.Gather(x, places, axis) : Ops.Gather(new Reshape().Apply(x, Ops.Integers(-1)), places)];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = Axis is { } axis ? [new OnnxAttribute("axis", (long)axis)] : [] };
}
