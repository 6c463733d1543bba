using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>
/// The elements start, start + step, … before end along axes (ONNX <c>Slice</c>). Inputs: data, then int64 vectors of the starts, ends, axes (all in order where left out)
/// and steps (1 where left out). Negative starts, ends and axes count from the end; what lies outside is drawn to the axis; a negative step goes backwards. Where starts
/// or ends depend on data, so do the sizes of the result. The gradient is padded with zeros.
/// </summary>
public sealed record Slice : Operation, IMovesElements, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Slice(), new ExampleInput([4, 3]), ExampleInput.Constant(1), ExampleInput.Constant(3), ExampleInput.Constant(0), ExampleInput.Constant(1)),
        new(new Slice(), new ExampleInput(["batch", 5]), ExampleInput.Constant(0), ExampleInput.Constant(5), ExampleInput.Constant(1), ExampleInput.Constant(2)),
        new(new Slice(), new ExampleInput(["batch", 6, 2]), ExampleInput.Constant(1, -2), ExampleInput.Constant(6, long.MaxValue), ExampleInput.Constant(1, -1), ExampleInput.Constant(3, 1)),
        new(new Slice(), new ExampleInput([4, 3]), ExampleInput.Constant(1, 0), ExampleInput.Constant(-1, 2)),
        new(new Slice(), new ExampleInput([5, 2]), ExampleInput.Constant(-2), ExampleInput.Constant(long.MinValue), ExampleInput.Constant(0), ExampleInput.Constant(-2)),
        new(new Slice(), new ExampleInput(["batch", 2]), ExampleInput.Constant(1), ExampleInput.Constant(long.MaxValue)),
        new(new Slice(), new ExampleInput([4, 3]), ExampleInput.Data(1), ExampleInput.Data(3), ExampleInput.Constant(0), ExampleInput.Constant(1)),
        new(new Slice(), new ExampleInput(["batch", 5]), ExampleInput.Data(-1, 0), ExampleInput.Data(-5, 2), ExampleInput.Constant(1, 0), ExampleInput.Constant(-2, 1)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => node.Version >= 10
        ? new Slice().ApplyAll(node[0], Wide(node[1])!, Wide(node[2])!, Wide(node.Optional(3)), Wide(node.Optional(4)))
        : new Slice().ApplyAll(node[0], node.Axes("starts", 1)!, node.Axes("ends", 2)!, node.Axes("axes", 3));

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        node.Inputs[0].Content is { } known && SliceAxis.All(node.InputTypes) is { } axes && axes.All(axis => axis.IsStatic)
            ? axes is [] ? known : [.. Enumerable.Range(0, axes[0].Count.Size).Select(i => known[(int)(axes[0].Start.Number + (i * axes[0].Step))])]
            : null;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        for (int i = 1; i < inputs.Length; i++)
        {
            if (inputs.Has(i))
                Require.Sizes(this, inputs, i);
        }

        Shape shape = inputs[0].Shape;
        if (inputs[1].Shape != inputs[2].Shape || inputs.Present.Skip(3).Any(vector => vector.Shape != inputs[1].Shape) || inputs[1].Shape[0].Size > shape.Rank)
            throw new ShapeException($"{Name} expects as many ends, axes and steps as starts, and no more than the {shape.Rank} axes of {shape}, found vectors {string.Join(", ", inputs.Present.Skip(1).Select(v => v.Shape))}.");
        if (SliceAxis.All(inputs) is { } axes)
            return [inputs[0] with { Shape = axes.Aggregate(shape, (s, axis) => s.With(axis.Axis, axis.Count)) }];
        IEnumerable<int> cut = inputs.Has(3) ? inputs.Content(3)?.Select(axis => shape.Axis(axis.Number)) ?? Enumerable.Range(0, shape.Rank) : Enumerable.Range(0, inputs[1].Shape[0].Size);
        return [inputs[0] with { Shape = cut.Aggregate(shape, (s, axis) => s.With(axis, inputs.Fresh($"sliced_{axis}"))) }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        Span<long> from = stackalloc long[x.Rank];
        Span<long> to = stackalloc long[x.Rank];
        ValueCopy.Strides(x.Sizes, from);
        ValueCopy.Strides(y.Sizes, to);
        long first = 0;
        ReadOnlySpan<long> starts = arguments.Inputs[1].Span<long>();
        for (int i = 0; i < starts.Length; i++)
        {
            long axis = At(arguments.Inputs, 3, i, i), step = At(arguments.Inputs, 4, i, 1);
            int place = (int)(axis < 0 ? axis + x.Rank : axis), size = x.Sizes[place];
            long start = Math.Clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, step < 0 ? Math.Max(size - 1, 0) : size);
            first += start * from[place];
            from[place] *= step;
        }

        if (y.Count > 0)
            ValueCopy.Run(x, first, from, y, 0, to, y.Sizes, arguments.Workers);

        static long At(ReadOnlySpan<Value> inputs, int position, int index, long otherwise) =>
            position < inputs.Length && inputs[position] is { } vector ? vector.Span<long>()[index] : otherwise;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g || !request.Wants(0))
        {
            return request.Zero;
        }

        Variable x = request[0];
        if (SliceAxis.All(new InferRequest(this, request.Arguments)) is not { } axes)
            return request.Each(input => input == 0 ? Placed(request, g) : null);

        // Axes with gaps one by one; those without together, by a border of zeros.
        foreach (SliceAxis axis in axes.Where(axis => axis.Step != 1))
        {
            g = new GatherGradient(axis.Axis).Apply(axis.Indices(g, x), g, Sizes.Of([x.Shape[axis.Axis]], x));
        }

        SliceAxis[] whole = [.. axes.Where(axis => axis.Step == 1)];
        if (whole.Length > 0)
        {
            Variable border = Sizes.Of([.. whole.Select(axis => axis.Start), .. whole.Select(axis => x.Shape[axis.Axis] - axis.Start - axis.Count)], x);
            g = new Pad().Apply(g, border, null, Ops.Integers([.. whole.Select(axis => (long)axis.Axis)]));
        }

        return request.Each(input => input == 0 ? g : null);
    }

    /// <summary>The gradient where it depends on data what is cut: each axis is cut alike out of the places on it, to which G is added.</summary>
    private static Variable Placed(BpropRequest request, Variable g)
    {
        (Variable x, Arguments arguments) = (request[0], request.Arguments);
        int[] axes = arguments.Optional(3) is not { } given ? [.. Enumerable.Range(0, request[1].Shape[0].Size)]
            : given.Content is { } known ? [.. known.Select(axis => x.Shape.Axis(axis.Number))]
            : throw request.NotDefined("which axes it cuts depends on data");
        for (int i = 0; i < axes.Length; i++)
        {
            Variable? Own(int input) => arguments.Optional(input) is { } vector ? Ops.Slice(vector, 0, i, i + 1) : null;
            Variable places = new Slice().Apply(Sizes.Positions(x, axes[i]), Own(1), Own(2), Ops.Integers(0), Own(4));
            places = new Reshape(AllowZero: true).Apply(places, new ShapeOf(axes[i], axes[i] + 1).Apply(g));
            g = new GatherGradient(axes[i]).Apply(places, g, Sizes.Of([x.Shape[axes[i]]], x));
        }

        return g;
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Inputs = [new OnnxInput.Argument(0), .. Enumerable.Range(1, request.Inputs.Length - 1).Select(i => request.Inputs.Has(i) ? request.Sizes(i) : new OnnxInput.Argument(i))],
    };

    private static Variable? Wide(Variable? vector) => vector is null || vector.DType == DType.Int64 ? vector : Ops.Cast(vector, DType.Int64);
}
