using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>Joins tensors along an axis (ONNX <c>Concat</c>); all other axes are equal. Where sizes depend on data, or a file leaves them open, that they are shows when they are known: others are a
/// <see cref="ShapeException"/>. The gradient of each part is its slice.</summary>
/// <param name="Axis">The axis, counted from 0.</param>
public sealed record Concat(int Axis) : Operation, IMovesElements, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Concat(0), new ExampleInput([2, 3]), new ExampleInput([1, 3])),
        new(new Concat(1), new ExampleInput(["batch", 2]), new ExampleInput(["batch", 3]), new ExampleInput(["batch", 1])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new Concat(node[0].Shape.Axis(node.Has("axis") ? node.Integer("axis") : 1)).ApplyAll(node.Inputs);

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        node.Inputs.All(part => part.Content is not null) ? [.. node.Inputs.SelectMany(part => part.Content!)] : null;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Shape shape = inputs[0].Shape;
        if (Axis < 0 || Axis >= shape.Rank)
            throw new ShapeException($"{Name} expects an axis of {shape}, found {Axis}.");
        foreach (TensorType input in inputs.Present.Skip(1))
        {
            Require.SameType(this, inputs[0].DType, input.DType);
            if (input.Shape.Rank != shape.Rank)
                throw Unequal(inputs[0].Shape, input.Shape);
            for (int i = 0; i < shape.Rank; i++)
            {
                Dim found = input.Shape[i];
                if (i == Axis)
                    shape = shape.With(i, shape[i] + found);
                else if (found != shape[i])
                    shape = shape[i].MayBroadcast ? shape.With(i, found) : found.MayBroadcast ? shape : throw Unequal(inputs[0].Shape, input.Shape);
            }
        }

        return [inputs[0] with { Shape = shape }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        Value y = arguments.Outputs[0], first = arguments.Inputs[0];
        foreach (Value x in arguments.Inputs)
        {
            for (int i = 0; i < y.Rank; i++)
            {
                if (i != Axis && x.Sizes[i] != first.Sizes[i])
                    throw Unequal(first.Shape, x.Shape);
            }
        }

        Span<long> to = stackalloc long[y.Rank];
        Span<long> from = stackalloc long[y.Rank];
        ValueCopy.Strides(y.Sizes, to);
        long offset = 0;
        foreach (Value x in arguments.Inputs)
        {
            ValueCopy.Strides(x.Sizes, from);
            ValueCopy.Run(x, 0, from, y, offset * to[Axis], to, x.Sizes, arguments.Workers);
            offset += x.Sizes[Axis];
        }
    }

    private ShapeException Unequal(Shape first, Shape other) => new($"{Name} expects shapes that are equal but for axis {Axis}, found {first} and {other}.");

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        Variable[] parts = [.. request.Arguments];
        Dim[] ends = new Dim[parts.Length + 1];
        ends[0] = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            ends[i + 1] = ends[i] + parts[i].Shape[Axis];
        }

        return request.Each(input => Ops.ReshapeLike(new Slice().Apply(g, End(input), End(input + 1), Ops.Integers(Axis), Ops.Integers(1)), parts[input]));

        // Added up from the parts: a symbol may occur in none of them alone.
        Variable End(int count) => ends[count].IsStatic
            ? Ops.Integers(ends[count].Number)
            : parts.Take(count).Select(part => Sizes.Of([part.Shape[Axis]], part)).Aggregate((sum, size) => sum + size);
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis)] };
}
