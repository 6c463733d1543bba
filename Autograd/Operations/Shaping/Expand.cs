using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>
/// Repeats axes of size 1, and adds leading axes, so that data and a shape broadcast together (ONNX <c>Expand</c>). Inputs: data, and the shape as an int64 vector, in
/// which 1 keeps the size of the data. Where the vector depends on data, so do the sizes of the result. The gradient is the sum over the repeated axes.
/// </summary>
public sealed record Expand : Operation, IMovesElements, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Expand(), new ExampleInput([3]), ExampleInput.Constant(2, 3)),
        new(new Expand(), new ExampleInput([2, 1, 3]), ExampleInput.Constant(2, 4, 3)),
        new(new Expand(), new ExampleInput([]), ExampleInput.Constant(5, 2)),
        new(new Expand(), new ExampleInput(["batch", 1, 2]), ExampleInput.Constant(3, 1)),
        new(new Expand(), new ExampleInput([2, 1]), ExampleInput.Data(3, 1, 2)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Expand().ApplyAll(node[0], node[1]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Sizes(this, inputs, 1);
        Shape shape = inputs[0].Shape;
        if (inputs.Content(1) is { } asked)
        {
            return Broadcasting.Combine(shape, [.. asked]) is { } result
                ? [inputs[0] with { Shape = result }]
                : throw new ShapeException($"{Name} expects a shape that broadcasts with {Shape.Of([.. asked])}, found {shape}.");
        }

        // A size other than 1 cannot change.
        int added = Math.Max(0, inputs[1].Shape[0].Size - shape.Rank);
        return [inputs[0] with
        {
            Shape =
            [
                .. Enumerable.Range(0, added + shape.Rank).Select(axis =>
                    axis >= added && shape[axis - added] is { IsStatic: true, Number: not 1 } kept ? kept : inputs.Fresh($"expanded_{axis}")),
            ],
        }];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        node.Inputs[0].Content is not { } known ? null
        : node.Outputs[0].Shape == node.Inputs[0].Shape ? known
        : known is [var element] && node.Outputs[0].Shape is { Rank: 1, IsStatic: true } shape && shape[0].Number <= Variable.LargestContent ? [.. Enumerable.Repeat(element, shape[0].Size)]
        : null;

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
            if (x.Sizes[^i] != 1 && x.Sizes[^i] != y.Sizes[^i])
                throw new ShapeException($"{Name} expects a shape that broadcasts to {y.Shape}, found {x.Shape}.");
            from[^i] = x.Sizes[^i] == 1 ? 0 : from[^i];
        }

        ValueCopy.Run(x, 0, from, y, 0, to, y.Sizes, arguments.Workers);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        request.Each(input => input != 0 || request.Gradient(0) is not { } g ? null : Choice.Of(g) is not null ? Choice.Undo(g, request[0]) : Broadcasting.Undo(g, request[0]));

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Inputs = [new OnnxInput.Argument(0), request.Outputs[0].Shape is { DependsOnData: false } shape ? new OnnxInput.Dimensions(shape) : request.Sizes(1)],
    };
}
