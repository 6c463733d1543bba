using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>An operation that gives the elements of its first input in the same order other axes. The gradient gives them back those that they had.</summary>
public abstract record ViewOperation : Operation, IView, IMovesElements
{
    /// <inheritdoc/>
    public int Viewed => 0;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Shape from = inputs[0].Shape, to = Result(inputs);

        // Where a size depends on data, the kernel sees whether the numbers of elements agree.
        return from.ElementCount == to.ElementCount || IsSeenLater(inputs) || from.Concat(to).SelectMany(d => d.Symbols).Any(s => s.IsFresh)
            ? [inputs[0] with { Shape = to }]
            : throw new ShapeException($"{Name} expects a shape with as many elements as {from} ({from.ElementCount}), found {to} ({to.ElementCount}).");
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Dim>? Content(Node node, int output) => node.Outputs[0].Shape.Rank <= 1 ? node.Inputs[0].Content : null;

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        request.Each(input => input == 0 && request.Gradient(0) is { } g ? Choice.Moved(g, v => Ops.ReshapeLike(v, request[0])) : null);

    /// <summary>Whether the numbers of elements may agree although their symbols do not.</summary>
    /// <param name="inputs">The types of the inputs.</param>
    protected virtual bool IsSeenLater(InferRequest inputs) => false;

    /// <summary>The axes of the result.</summary>
    /// <param name="inputs">The types of the inputs.</param>
    protected abstract Shape Result(InferRequest inputs);

    private void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        if (x.Count != y.Count)
            throw new ShapeException($"{Name} expects a shape with as many elements as {x.Shape} ({x.Count}), found {y.Shape} ({y.Count}).");
        y.CopyElements(x, 0, 0, x.Count);
    }
}
