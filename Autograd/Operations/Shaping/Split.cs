using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>
/// Splits an axis into consecutive parts (ONNX <c>Split</c>). Inputs: data, and the sizes of the parts as an int64 vector; without it the parts are equal, but for the last,
/// which may be smaller. Where the vector depends on data, so do the sizes of the results. The gradient is the concatenation of the parts' gradients.
/// </summary>
/// <param name="Axis">The axis, counted from 0.</param>
/// <param name="Parts">The number of parts.</param>
public sealed record Split(int Axis, int Parts) : Operation, IMovesElements, IOperator
{
    private const int PartsSince = 18;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Split(1, 3), new ExampleInput(["batch", 6]), ExampleInput.Constant(2, 1, 3)),
        new(new Split(0, 2), new ExampleInput([4, 3]), ExampleInput.Constant(2, 2)),
        new(new Split(1, 2), new ExampleInput(["batch", 5])),
        new(new Split(0, 2), new ExampleInput([4, 3]), ExampleInput.Data(1, 3)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        Variable? sizes = node.Axes("split", 1);
        int parts = sizes?.Shape[0] is { IsStatic: true } count ? count.Size : node.Has("num_outputs") ? node.Int32("num_outputs") : node.Results;
        return new Split(node[0].Shape.Axis(node.Integer("axis")), parts).ApplyAll(node[0], sizes);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        TensorType x = inputs[0];
        Dim whole = x.Shape[Axis];
        IReadOnlyList<Dim>? sizes;
        if (inputs.Has(1))
        {
            Require.Sizes(this, inputs, 1);
            if (inputs[1].Shape[0] != Parts)
                throw new ShapeException($"{Name} expects {Parts} sizes, found {inputs[1].Shape[0]}.");
            sizes = inputs.Content(1);
        }
        else
        {
            Dim part = (whole + (Parts - 1)).FloorDivide((long)Parts);

            // The first and the last as they are plainest, so that all of them add up to the whole.
            Dim[] before = [part, .. Enumerable.Range(1, Parts - 1).SkipLast(1).Select(i => Dim.Max(Dim.Min(part, whole - (i * part)), 0))];
            sizes = Parts == 1 ? [whole] : [.. before, before.Aggregate(whole, (rest, size) => rest - size)];
        }

        if (sizes?.Any(size => size.IsStatic && size.Number < 0) == true || (inputs.Has(1) && sizes?.Aggregate((a, b) => a + b) is { } sum && sum != whole && !sum.DependsOnData && !whole.DependsOnData))
            throw new ShapeException($"{Name} expects parts that add up to {whole} on axis {Axis} of {x.Shape}, found {string.Join(", ", sizes)}.");
        return [.. Enumerable.Range(0, Parts).Select(i => x with { Shape = x.Shape.With(Axis, sizes?[i] ?? inputs.Fresh($"part_{i}")) })];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        var sizes = new int[Parts];
        for (int i = 0; i < Parts; i++)
            sizes[i] = request.ResultSizes(i)[Axis];
        int whole = request.Sizes(0)[Axis];
        return sizes.Sum() == whole
            ? Kernel.Of(arguments => Compute(arguments, sizes))
            : throw new ShapeException($"{Name} expects parts that add up to {whole} on axis {Axis}, found {string.Join(", ", sizes)}.");
    }

    private void Compute(KernelArguments arguments, int[] sizes)
    {
        Value x = arguments.Inputs[0];
        Span<long> from = stackalloc long[x.Rank];
        Span<long> to = stackalloc long[x.Rank];
        ValueCopy.Strides(x.Sizes, from);
        long offset = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (arguments.Outputs[i] is { } y)
            {
                ValueCopy.Strides(y.Sizes, to);
                ValueCopy.Run(x, offset * from[Axis], from, y, 0, to, y.Sizes, arguments.Workers);
            }

            offset += sizes[i];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (!request.Wants(0))
            return request.Zero;
        Variable whole = Ops.Concat(Axis, [.. request.Results.Select((y, i) => request.Gradient(i) ?? Ops.ExpandLike(Variable.Scalar(0, y.DType), y))]);
        return request.Each(input => input == 0 ? Ops.ReshapeLike(whole, request[0]) : null);
    }

    /// <summary>Equal parts have an attribute since operator set 18; before, their sizes are given.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm ToOnnx(OnnxRequest request)
    {
        var axis = new OnnxAttribute("axis", (long)Axis);
        if (request.Inputs.Has(1))
            return new(Name) { Attributes = [axis], Inputs = [new OnnxInput.Argument(0), request.Sizes(1)] };
        return request.Opset >= PartsSince
            ? new(Name) { Attributes = [axis, new OnnxAttribute("num_outputs", (long)Parts)], Inputs = [new OnnxInput.Argument(0)] }
            : new(Name) { Attributes = [axis], Inputs = [new OnnxInput.Argument(0), new OnnxInput.Dimensions([.. request.Outputs.Select(part => part.Shape[Axis])])] };
    }
}
