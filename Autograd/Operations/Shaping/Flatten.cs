using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Merges the axes before one, and those from it on, into a matrix (ONNX <c>Flatten</c>).</summary>
/// <param name="Axis">The first axis of the columns, from 0 to the rank.</param>
public sealed record Flatten(int Axis = 1) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Flatten(), new ExampleInput(["batch", 2, 3])),
        new(new Flatten(2), new ExampleInput([2, 3, 4])),
        new(new Flatten(0), new ExampleInput([2, 3])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        long axis = node.Integer("axis");
        return new Flatten(checked((int)(axis < 0 ? axis + node[0].Shape.Rank : axis))).ApplyAll(node[0]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Shape shape = inputs[0].Shape;
        return Axis >= 0 && Axis <= shape.Rank
            ? [new Reshape().Apply(inputs[0], Sizes.Of([Shape.Of([.. shape.Take(Axis)]).ElementCount, Shape.Of([.. shape.Skip(Axis)]).ElementCount], inputs[0]))]
            : throw new ShapeException($"{Name} expects an axis from 0 to {shape.Rank} for {shape}, found {Axis}.");
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis)] };
}
