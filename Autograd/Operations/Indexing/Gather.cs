using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// Elements of x along an axis, chosen by int64 indices (ONNX <c>Gather</c>): the axis is replaced by the axes of the indices. Negative indices count from
/// the end. The gradient adds up where an index occurs more than once.
/// </summary>
/// <param name="Axis">The axis, counted from 0.</param>
public sealed record Gather(int Axis) : Operation, IMovesElements, IOperator
{
    /// <summary>Whether negative indices count from the end, as in the standard; otherwise they are an error, like those beyond it.</summary>
    public bool FromEnd { get; init; } = true;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Gather(0), new ExampleInput([5, 3]), new ExampleInput(["batch"], DType.Int64, -5, 4)),
        new(new Gather(1) { FromEnd = false }, new ExampleInput([2, 4]), new ExampleInput(["batch"], DType.Int64, 0, 3)),
        new(new Gather(1), new ExampleInput([2, 4, 3]), new ExampleInput([2, 2], DType.Int64, 0, 3)),
        new(new Gather(0), new ExampleInput([6]), new ExampleInput([], DType.Int64, 0, 5)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [Ops.Gather(node[0], Ops.Cast(node[1], DType.Int64), node[0].Shape.Axis(node.Integer("axis")))];

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        node.Inputs[0].Content is { } known && node.Inputs[1].Content is { } indices && indices.All(i => i.IsStatic)
            ? [.. indices.Select((_, at) => known[Layout.Index(this, [.. indices.Select(i => i.Number)], at, known.Count, FromEnd)])]
            : null;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Type(this, DType.Int64, inputs[1].DType);
        Shape shape = inputs[0].Shape;
        return [inputs[0] with { Shape = [.. shape.Take(Axis), .. inputs[1].Shape, .. shape.Skip(Axis + 1)] }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        (Value x, Value indices, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        (int outer, int size, int inner) = Layout.Around(x.Sizes, Axis);
        ReadOnlySpan<long> index = indices.Span<long>();
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < index.Length; i++)
            {
                int row = Layout.Index(this, index, i, size, FromEnd);
                y.CopyElements(x, ((o * size) + row) * inner, ((o * index.Length) + i) * inner, inner);
            }
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        (Variable x, Variable indices) = (inputs[0]!, inputs[1]!);
        // The place behind the last does not exist either way.
        Variable end = Ops.Size(x.Shape[Axis], DType.Int64, x);
        return FromEnd ? null : [new Gather(Axis).Apply(x, Ops.Where(Ops.Less(indices, Variable.Scalar(0, DType.Int64)), end, indices))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => !FromEnd
        ? base.Bprop(request)
        : [request.Gradient(0) is { } g ? new GatherGradient(Axis).Apply(request[1], g, Sizes.Of([request[0].Shape[Axis]], request[0])) : null, null];

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => !FromEnd ? null : new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis)] };
}

/// <summary>The division of a shape at an axis into outer, own and inner sizes.</summary>
internal static class Layout
{
    // The indices that are looked at and taken over while they are in the nearest cache.
    private const int Block = 1024;

    public static (int Outer, int Size, int Inner) Around(ReadOnlySpan<int> sizes, int axis) =>
        (Value.CountOf(sizes[..axis]), sizes[axis], Value.CountOf(sizes[(axis + 1)..]));

    /// <summary>Indices of an axis, counted from its beginning.</summary>
    /// <param name="operation">Who asks, for the message.</param>
    /// <param name="indices">The indices.</param>
    /// <param name="size">The size of the axis.</param>
    /// <param name="result">Where they go.</param>
    /// <exception cref="ShapeException">An index is outside the axis.</exception>
    public static void Indices(Operation operation, ReadOnlySpan<long> indices, int size, Span<int> result)
    {
        for (int start = 0; start < indices.Length; start += Block)
        {
            ReadOnlySpan<long> block = indices[start..Math.Min(start + Block, indices.Length)];

            // Negative numbers are greater than any size when read without their sign.
            if (TensorPrimitives.Max(MemoryMarshal.Cast<long, ulong>(block)) < (ulong)size)
            {
                TensorPrimitives.ConvertTruncating(block, result[start..]);
                continue;
            }

            for (int i = start; i < start + block.Length; i++)
                result[i] = Index(operation, indices, i, size);
        }
    }

    /// <summary>An index of an axis, counted from its beginning.</summary>
    /// <param name="operation">Who asks, for the message.</param>
    /// <param name="indices">The indices.</param>
    /// <param name="at">Which of them.</param>
    /// <param name="size">The size of the axis.</param>
    /// <param name="fromEnd">Whether negative indices count from the end.</param>
    /// <exception cref="ShapeException">The index is outside the axis.</exception>
    public static int Index(Operation operation, ReadOnlySpan<long> indices, int at, int size, bool fromEnd = true) => indices[at] >= (fromEnd ? -size : 0) && indices[at] < size
        ? (int)(indices[at] < 0 ? indices[at] + size : indices[at])
        : throw new ShapeException(size == 0
            ? $"{operation.Name} expects no indices for an axis without elements, found {indices[at]} in place {at} of the indices (counted from 0)."
            : $"{operation.Name} expects indices between {(fromEnd ? -size : 0)} and {size - 1}, found {indices[at]} in place {at} of the indices (counted from 0).");
}
