using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Repeats axes of size 1, and adds leading axes, to reach a shape (ONNX <c>Expand</c>). The gradient is the sum over the repeated axes.</summary>
/// <param name="Shape">The shape to reach, symbols allowed.</param>
public sealed record Expand(Shape Shape) : Operation, IMovesElements, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new Expand([2, 3]), new ExampleInput([3])),
        new(new Expand([2, 4, 3]), new ExampleInput([2, 1, 3])),
        new(new Expand([5, 2]), new ExampleInput([])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        [Ops.Expand(node[0], Broadcasting.Combine(node[0].Shape, [.. node.Content(1)!]) ?? [.. node.Content(1)!])];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        return Broadcasting.Combine(inputs[0].Shape, Shape) == Shape
            ? [inputs[0] with { Shape = Shape }]
            : throw new ShapeException($"{Name} expects a shape that broadcasts to {Shape}, found {inputs[0].Shape}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        Span<long> from = stackalloc long[y.Rank];
        Span<long> to = stackalloc long[y.Rank];
        from.Clear();
        ValueCopy.Strides(x.Sizes, from[(y.Rank - x.Rank)..]);
        ValueCopy.Strides(y.Sizes, to);
        for (int i = 1; i <= x.Rank; i++)
        {
            from[^i] = x.Sizes[^i] == 1 ? 0 : from[^i];
        }

        ValueCopy.Run(x, 0, from, y, 0, to, y.Sizes, arguments.Workers);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        [request.Gradient(0) is { } g ? Broadcasting.Undo(g, request[0].Shape) : null];

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) =>
        new(Name) { Inputs = [new OnnxInput.Argument(0), new OnnxInput.Dimensions(Shape)] };
}
