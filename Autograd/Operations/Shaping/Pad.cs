using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>
/// Adds a border of a constant (ONNX <c>Pad</c>, mode constant). Inputs: data; an int64 vector of the numbers of elements to add before each axis, then after each, negative
/// ones take away; the constant, a scalar of the type of the data, 0 where left out; and the axes that are meant as an int64 vector, all in order where left out. Where the
/// border depends on data, so do the sizes of the result. The gradient is the inner part; that of the constant the sum of the border.
/// </summary>
public sealed record Pad : Operation, IMovesElements, IOperator
{
    private const int AxesSince = 18;

    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new Pad(), new ExampleInput([2, 3]), ExampleInput.Constant(1, 0, 0, 2)),
        new(new Pad(), new ExampleInput(["batch", 3]), ExampleInput.Constant(0, 2, 0, 1), new ExampleInput([])),
        new(new Pad(), new ExampleInput([4, 3]), ExampleInput.Constant(-1, 1, 2, -1)),
        new(new Pad(), new ExampleInput([2, "width", 3]), ExampleInput.Constant(1, 0, 0, 2, 1, 0)),
        new(new Pad(), new ExampleInput([2, 3, 2]), ExampleInput.Constant(1, 2), new ExampleInput([]), ExampleInput.Constant(-2)),
        new(new Pad(), new ExampleInput([2, 3]), ExampleInput.Data(1, 0, 0, 2)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        if (node.Text("mode") != "constant")
            throw new GraphException($"Pad takes the mode constant, found {node.Text("mode")}.");
        return new Pad().ApplyAll(
            node[0],
            node.Version == 1 ? Ops.Integers(node.Integers("paddings")!) : node.Axes("pads", 1),
            node.Version < 11 ? Variable.Scalar(node.Number("value"), node[0].DType) : node.Optional(2) is { } value ? Ops.Reshape(value, Shape.Scalar) : null,
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

    private static void Compute(KernelArguments arguments)
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
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
        OnnxInput value = request.Inputs.Has(2) ? new OnnxInput.Argument(2) : new OnnxInput.Constant(Value.Zeros(request.Inputs[0].DType));
        if (!request.Inputs.Has(3))
            return new(Name) { Inputs = [new OnnxInput.Argument(0), request.Sizes(1), value] };
        return request.Opset >= AxesSince
            ? new(Name) { Inputs = [new OnnxInput.Argument(0), request.Sizes(1), value, request.Sizes(3)] }
            : null;
    }

    /// <summary>Operator sets before 18 have no axes: there the border is given for all.</summary>
    /// <param name="inputs">Data, border, constant and axes.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        if (!inputs.Has(3) || Axes(new InferRequest(this, inputs)) is not { } axes)
            return null;
        int rank = inputs[0].Shape.Rank;
        var place = new long[2 * rank];
        Array.Fill(place, 2 * axes.Length);
        for (int i = 0; i < axes.Length; i++)
            (place[axes[i]], place[rank + axes[i]]) = (i, axes.Length + i);

        // The border for all axes, 0 for those that are not named.
        Variable border = Ops.Gather(Ops.Concat(0, inputs[1], Ops.Integers(0)), Ops.Integers(place));
        return [new Pad().Apply(inputs[0], border.Content is { } known && known.All(d => d.IsStatic) ? Ops.Integers([.. known.Select(d => d.Number)]) : border, inputs.Optional(2))];
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
