using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>The elements Start, Start + Step, … before End along one axis (ONNX <c>Slice</c>). Along an axis of symbolic size the step is 1, whether End lies in
/// the axis is checked when sizes are bound, and there is no gradient; otherwise the gradient is padded with zeros.</summary>
/// <param name="Axis">The axis, counted from 0.</param>
/// <param name="Start">The first index, from 0.</param>
/// <param name="End">The index after the last, at most the size.</param>
/// <param name="Step">The distance of the indices taken, at least 1.</param>
public sealed record Slice(int Axis, int Start, Dim End, int Step = 1) : Operation, IMovesElements, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new Slice(0, 1, 3), new ExampleInput([4, 3])),
        new(new Slice(1, 0, 5, 2), new ExampleInput(["batch", 5])),
        new(new Slice(1, 1, 6, 3), new ExampleInput(["batch", 6, 2])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [SliceNode.Apply(node)];

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        node.Inputs[0].Content is { } known && End.IsStatic ? [.. known.Take(End.Size).Skip(Start).Where((_, i) => i % Step == 0)] : null;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Dim size = inputs[0].Shape[Axis];
        if (!size.IsStatic || !End.IsStatic)
        {
            return Start >= 0 && Step == 1
                ? [inputs[0] with { Shape = inputs[0].Shape.With(Axis, End - Start) }]
                : throw new ShapeException($"{Name} expects a start of at least 0 and the step 1 on the symbolic axis {Axis} of {inputs[0].Shape}, found {Start} and {Step}.");
        }

        return Start >= 0 && End.Size <= size.Size && Start <= End.Size && Step >= 1
            ? [inputs[0] with { Shape = inputs[0].Shape.With(Axis, (End.Size - Start + Step - 1) / Step) }]
            : throw new ShapeException(
                $"{Name} expects 0 ≤ start ≤ end ≤ {size} and a step of at least 1 on axis {Axis} of {inputs[0].Shape}, " +
                $"found start {Start}, end {End}, step {Step}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        if (Start + ((y.Sizes[Axis] - 1L) * Step) >= x.Sizes[Axis])
        {
            throw new ShapeException($"{Name} expects an end of at most {x.Sizes[Axis]} on axis {Axis} of {x.Shape}, found {End} for {y.Sizes[Axis]} elements from {Start} on.");
        }

        Span<long> from = stackalloc long[x.Rank];
        Span<long> to = stackalloc long[x.Rank];
        ValueCopy.Strides(x.Sizes, from);
        ValueCopy.Strides(y.Sizes, to);
        long first = Start * from[Axis];
        from[Axis] *= Step;
        ValueCopy.Run(x, first, from, y, 0, to, y.Sizes, arguments.Workers);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        Shape shape = request[0].Shape;
        if (!shape[Axis].IsStatic || !End.IsStatic)
        {
            throw request.NotDefined($"axis {Axis} of {shape} has no static size");
        }

        int size = shape[Axis].Size;
        if (Step > 1)
        {
            g = Spread(g);
        }

        var before = new int[shape.Rank];
        var after = new int[shape.Rank];
        before[Axis] = Start;
        after[Axis] = size - Start - g.Shape[Axis].Size;
        return [Ops.Pad(g, IntList.Of(before), IntList.Of(after))];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Inputs =
        [
            new OnnxInput.Argument(0), OnnxInput.Integers(Start), new OnnxInput.Dimensions([End]), OnnxInput.Integers(Axis), OnnxInput.Integers(Step),
        ],
    };

    /// <summary>Puts Step − 1 zeros between the elements: a new axis of size Step, padded, merged, and cut behind the last element.</summary>
    private Variable Spread(Variable g)
    {
        Shape shape = g.Shape;
        int count = shape[Axis].Size;
        Variable column = Ops.Reshape(g, [.. shape.Take(Axis + 1), 1, .. shape.Skip(Axis + 1)]);
        var before = new int[shape.Rank + 1];
        var after = new int[shape.Rank + 1];
        after[Axis + 1] = Step - 1;
        Variable padded = Ops.Pad(column, IntList.Of(before), IntList.Of(after));
        Variable merged = Ops.Reshape(padded, shape.With(Axis, count * Step));
        return Ops.Slice(merged, Axis, 0, ((count - 1) * Step) + 1);
    }
}
