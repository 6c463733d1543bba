using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Adds axes of size 1 (ONNX <c>Unsqueeze</c>).</summary>
/// <param name="Axes">The places of the new axes in the result, counted from 0, in ascending order.</param>
public sealed record Unsqueeze(IntList Axes) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
        [new(new Unsqueeze([0, 2]), new ExampleInput([3, 2])), new(new Unsqueeze([1]), new ExampleInput(["batch", 2])), new(new Unsqueeze([0]), new ExampleInput([]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        IReadOnlyList<long> axes = node.Numbers("axes", 1)!;
        int rank = node[0].Shape.Rank + axes.Count;
        return new Unsqueeze([.. axes.Select(axis => (int)(axis < 0 ? axis + rank : axis)).Order()]).ApplyAll(node[0]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) => node.Outputs[0].Shape.Rank <= 1 ? node.Inputs[0].Content : null;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        int rank = inputs[0].Shape.Rank + Axes.Count;
        if (Axes.Distinct().Count() != Axes.Count || Axes.Any(axis => axis < 0 || axis >= rank))
            throw new ShapeException($"{Name} expects different axes from 0 to {rank - 1} for {inputs[0].Shape}, found {Axes}.");
        List<Dim> dims = [.. inputs[0].Shape];
        foreach (int axis in Axes)
            dims.Insert(axis, 1);
        return [new Reshape([.. dims]).Apply(inputs[0])];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) =>
        new(Name) { Inputs = [new OnnxInput.Argument(0), OnnxInput.Integers([.. Axes.ToLongs()])] };
}
