using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>
/// Adds a border of a constant or of the data (ONNX <c>Pad</c>). Inputs: data; an int64 vector of the numbers of elements to add before each axis, then after each, negative
/// ones take away; the constant, a scalar of the type of the data, 0 where left out; and the axes that are meant as an int64 vector, all in order where left out. Where the
/// border depends on data, so do the sizes of the result. The gradient is the inner part, to which that of a border of data adds up; that of the constant the sum of the border.
/// </summary>
/// <param name="Mode">What the border is made of.</param>
public sealed record Pad(PadMode Mode = PadMode.Constant) : Operation, IMovesElements, IOperator
{
    private const int AxesSince = 18, WrapSince = 19;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Pad(), new ExampleInput([2, 3]), ExampleInput.Constant(1, 0, 0, 2)),
        new(new Pad(), new ExampleInput(["batch", 3]), ExampleInput.Constant(0, 2, 0, 1), new ExampleInput([])),
        new(new Pad(), new ExampleInput([4, 3]), ExampleInput.Constant(-1, 1, 2, -1)),
        new(new Pad(), new ExampleInput([2, "width", 3]), ExampleInput.Constant(1, 0, 0, 2, 1, 0)),
        new(new Pad(), new ExampleInput([2, 3, 2]), ExampleInput.Constant(1, 2), new ExampleInput([]), ExampleInput.Constant(-2)),
        new(new Pad(), new ExampleInput([2, 3]), ExampleInput.Data(1, 0, 0, 2)),
        new(new Pad(PadMode.Reflect), new ExampleInput(["batch", 4]), ExampleInput.Constant(0, 2, 0, 3)),
        new(new Pad(PadMode.Edge), new ExampleInput([2, 3, "width"]), ExampleInput.Constant(1, 0, 2, 0, 1, 1)),
        new(new Pad(PadMode.Wrap), new ExampleInput([2, 3]), ExampleInput.Constant(0, 2, 1, 1)),
        new(new Pad(PadMode.Edge), new ExampleInput([2, 3]), ExampleInput.Constant(1, -1), ExampleInput.LeftOut, ExampleInput.Constant(-1)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        PadMode mode = node.Text("mode") switch
        {
            "constant" => PadMode.Constant,
            "reflect" => PadMode.Reflect,
            "edge" => PadMode.Edge,
            "wrap" => PadMode.Wrap,
            var other => throw new GraphException($"Pad expects the mode constant, reflect, edge or wrap, found {other}."),
        };
        return new Pad(mode).ApplyAll(
            node[0],
            node.Version == 1 ? Ops.Integers(node.Integers("paddings")!) : node.Axes("pads", 1),
            mode != PadMode.Constant ? null
            : node.Version < 11 ? Variable.Scalar(node.Number("value"), node[0].DType) : node.Optional(2) is { } value ? Ops.Reshape(value, Shape.Scalar) : null,
            node.Version >= AxesSince && node.Optional(3) is { } axes ? Ops.Cast(axes, DType.Int64) : null);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Shape shape = inputs[0].Shape;
        Require.Sizes(this, inputs, 1);
        if (inputs.Has(2))
        {
            Require.SameType(this, inputs[0].DType, inputs[2].DType);
            Require.Rank(this, inputs[2], 0);
        }

        int[]? axes = Axes(inputs);
        int count = axes?.Length ?? inputs[3].Shape[0].Size;
        if (inputs[1].Shape[0] != 2 * count)
            throw new ShapeException($"{Name} expects {2 * count} pads for {count} axes of {shape}, found {inputs[1].Shape[0]}.");
        return [inputs[0] with { Shape = axes is null ? [.. shape.Select((_, axis) => inputs.Fresh($"padded_{axis}"))] : Padded(inputs, axes) }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        if (Mode != PadMode.Constant)
        {
            CopyPlaces(arguments, x, y);
            return;
        }

        Value? constant = arguments.Inputs.Length > 2 ? arguments.Inputs[2] : null, axes = arguments.Inputs.Length > 3 ? arguments.Inputs[3] : null;
        Span<long> from = stackalloc long[x.Rank];
        Span<long> to = stackalloc long[x.Rank];
        Span<int> inner = stackalloc int[x.Rank];
        ValueCopy.Strides(x.Sizes, from);
        ValueCopy.Strides(y.Sizes, to);
        x.Sizes.CopyTo(inner);
        ReadOnlySpan<long> pads = arguments.Inputs[1].Span<long>();
        int count = pads.Length / 2;
        (long first, long start) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            int axis = axes is null ? i : (int)axes.Span<long>()[i];
            axis = axis < 0 ? axis + x.Rank : axis;
            (long before, long after) = (pads[i], pads[count + i]);
            first += Math.Max(-before, 0) * from[axis];
            start += Math.Max(before, 0) * to[axis];
            inner[axis] = (int)Math.Max(0, inner[axis] + Math.Min(before, 0) + Math.Min(after, 0));
        }

        if (constant is null)
            y.Fill(0);
        else
            ValueCopy.Run(constant, 0, new long[y.Rank], y, 0, to, y.Sizes, arguments.Workers);
        ValueCopy.Run(x, first, from, y, start, to, inner, arguments.Workers);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        if (Mode != PadMode.Constant)
            return request.Through([Taken(request.Arguments)]);

        // What a border takes away comes back as zeros: the border of the opposite sign.
        Variable inner = new Pad().Apply(g, -request[1], null, request.Arguments.Optional(3));
        Variable x = request[0];
        return request.Each(input => input switch
        {
            0 => inner.Shape == x.Shape ? inner : Ops.ReshapeLike(inner, x),
            2 => Ops.Sum(g) - Ops.Sum(inner),
            _ => null,
        });
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request)
    {
        if (Mode == PadMode.Wrap && request.Opset < WrapSince)
            return null;
        OnnxAttribute[] mode = Mode == PadMode.Constant ? [] : [new OnnxAttribute("mode", $"{Mode}".ToLowerInvariant())];
        if (Mode != PadMode.Constant && !request.Inputs.Has(3))
            return new(Name) { Attributes = mode, Inputs = [new OnnxInput.Argument(0), request.Sizes(1)] };
        OnnxInput value = Mode != PadMode.Constant ? new OnnxInput.Argument(2) : request.Inputs.Has(2) ? new OnnxInput.Argument(2) : new OnnxInput.Constant(Value.Zeros(request.Inputs[0].DType));
        if (!request.Inputs.Has(3))
            return new(Name) { Inputs = [new OnnxInput.Argument(0), request.Sizes(1), value] };
        return request.Opset >= AxesSince
            ? new(Name) { Attributes = mode, Inputs = [new OnnxInput.Argument(0), request.Sizes(1), value, request.Sizes(3)] }
            : null;
    }

    /// <summary>Operator sets before 18 have no axes: there the border is given for all. Those before 19 do not repeat data: there its elements are taken one by one.</summary>
    /// <param name="inputs">Data, border, constant and axes.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        if (Mode == PadMode.Wrap)
            return Axes(new InferRequest(this, inputs)) is null ? null : [Taken(inputs)];
        if (!inputs.Has(3) || Axes(new InferRequest(this, inputs)) is not { } axes)
            return null;
        int rank = inputs[0].Shape.Rank;
        var place = new long[2 * rank];
        Array.Fill(place, 2 * axes.Length);
        for (int i = 0; i < axes.Length; i++)
            (place[axes[i]], place[rank + axes[i]]) = (i, axes.Length + i);

        // The border for all axes, 0 for those that are not named.
        Variable border = Ops.Gather(Ops.Concat(0, inputs[1], Ops.Integers(0)), Ops.Integers(place));
        return [new Pad(Mode).Apply(inputs[0], border.Content is { } known && known.All(d => d.IsStatic) ? Ops.Integers([.. known.Select(d => d.Number)]) : border, inputs.Optional(2))];
    }

    /// <summary>The elements that stand at each place, axis by axis.</summary>
    private Variable Taken(Arguments inputs)
    {
        int[] axes = Axes(new InferRequest(this, inputs)) ?? throw new GraphException($"{Name} in the mode {Mode} expects axes that are known when the graph is built.");
        Variable y = inputs[0];
        for (int i = 0; i < axes.Length; i++)
        {
            if (inputs[1].Content is { } border && border[i] == 0 && border[axes.Length + i] == 0)
                continue;
            Variable place = PadPlaces.Of(Mode, Ops.Size(y.Shape[axes[i]], DType.Int64, y), Pads(i), Pads(axes.Length + i));
            y = Ops.Gather(y, place, axes[i]);
        }

        return y;
        Variable Pads(int at) => Ops.Reshape(Ops.Slice(inputs[1], 0, at, at + 1), Shape.Scalar);
    }

    private void CopyPlaces(KernelArguments arguments, Value x, Value y)
    {
        ReadOnlySpan<long> pads = arguments.Inputs[1].Span<long>();
        int[][] maps = new int[x.Rank][];
        for (int axis = 0; axis < maps.Length; axis++)
            maps[axis] = PadPlaces.Of(PadMode.Edge, x.Sizes[axis], 0, 0);
        for (int i = 0; i < pads.Length / 2; i++)
        {
            int axis = arguments.Inputs.Length > 3 ? (int)arguments.Inputs[3].Span<long>()[i] : i;
            axis = axis < 0 ? axis + x.Rank : axis;
            maps[axis] = PadPlaces.Of(Mode, x.Sizes[axis], pads[i], pads[(pads.Length / 2) + i]);
        }

        MappedCopy.Run(x, maps, y);
    }

    private static int[]? Axes(InferRequest inputs) => !inputs.Has(3)
        ? [.. Enumerable.Range(0, inputs[0].Shape.Rank)]
        : inputs.Content(3) is { } given ? [.. given.Select(axis => inputs[0].Shape.Axis(checked((int)axis.Number)))] : null;

    private Shape Padded(InferRequest inputs, int[] axes)
    {
        Shape shape = inputs[0].Shape;
        IReadOnlyList<Dim>? border = inputs.Content(1);
        for (int i = 0; i < axes.Length; i++)
        {
            Dim size = border is null ? inputs.Fresh($"padded_{axes[i]}") : shape[axes[i]] + border[i] + border[axes.Length + i];
            shape = size.IsStatic && size.Number < 0
                ? throw new ShapeException($"{Name} expects to take away no more than is there, found a border of {string.Join(", ", border!)} for {inputs[0].Shape}.")
                : shape.With(axes[i], size);
        }

        return shape;
    }
}
