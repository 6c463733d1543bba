using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Stacks tensors of one shape along a new first axis: n of shape [a, b, …] give [n, a, b, …]. Exported as <c>Concat</c> along the first axis and a change of shape.</summary>
public sealed record Stack : CompositeOperation, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Stack(), new ExampleInput([2, 3]), new ExampleInput([2, 3]), new ExampleInput([2, 3])),
        new(new Stack(), new ExampleInput(["batch", 2]), new ExampleInput(["batch", 2])),
        new(new Stack(), new ExampleInput([]), new ExampleInput([])),
    ];

    /// <summary>The tensors joined along the first axis, with the axis of the tensors before it.</summary>
    /// <param name="inputs">The tensors, at least one.</param>
    /// <exception cref="ShapeException">They have different shapes.</exception>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Shape shape = inputs[0].Shape;
        foreach (Variable input in inputs)
        {
            Require.SameType(this, inputs[0].DType, input.DType);
            if (input.Shape != shape)
                throw new ShapeException($"{Name} expects tensors of one shape, found {shape} and {input.Shape}.");
        }

        // Where the sizes are known, one change of shape does for all.
        Variable[] parts = [.. inputs];
        return shape.IsStatic && shape.Rank > 0
            ? [Ops.Reshape(Ops.Concat(0, parts), [parts.Length, .. shape])]
            : [Ops.Concat(0, [.. parts.Select(part => Ops.Reshape(part, [1, .. shape]))])];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => null;
}
