using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Takes axes of size 1 away (ONNX <c>Squeeze</c>).</summary>
/// <param name="Axes">The axes, counted from 0, in ascending order.</param>
public sealed record Squeeze(IntList Axes) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
        [new(new Squeeze([0, 2]), new ExampleInput([1, 3, 1])), new(new Squeeze([1]), new ExampleInput(["batch", 1, 2]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        Shape shape = node[0].Shape;
        IEnumerable<int> axes = node.Numbers("axes", 1)?.Select(axis => shape.Axis((int)axis))
            ?? Enumerable.Range(0, shape.Rank).Where(axis => shape[axis].IsStatic && shape[axis].Size == 1);
        return new Squeeze([.. axes.Order()]).ApplyAll(node[0]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) => node.Inputs[0].Content;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Shape shape = inputs[0].Shape;
        return Axes.All(axis => axis >= 0 && axis < shape.Rank && shape[axis].IsStatic && shape[axis].Size == 1)
            ? [new Reshape([.. shape.Where((_, axis) => !Axes.Contains(axis))]).Apply(inputs[0])]
            : throw new ShapeException($"{Name} expects axes of size 1, found the axes {Axes} of {shape}.");
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) =>
        new(Name) { Inputs = [new OnnxInput.Argument(0), OnnxInput.Integers([.. Axes.ToLongs()])] };
}
