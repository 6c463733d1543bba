using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// Slices of a tensor at positions (ONNX <c>GatherND</c>). Inputs: data, int64 indices […, k], whose last axis addresses the first k axes of the data after those of the batch, negative
/// ones from the end; the result has the other axes of the indices, then the rest of the data's. The gradient adds up where a position occurs more than once.
/// </summary>
/// <param name="BatchDims">How many leading axes, equal in data and indices, are gone through together.</param>
public sealed record GatherND(int BatchDims = 0) : Operation, IMovesElements, IOperator
{
    private const int BatchSince = 12;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new GatherND(), new ExampleInput([3, 4]), new(["batch", 2], DType.Int64, -3, 2)),
        new(new GatherND(), new ExampleInput([5, 3]), new([2, 2, 1], DType.Int64, 0, 4)),
        new(new GatherND(1), new ExampleInput(["batch", 4, 2]), new(["batch", 3, 1], DType.Int64, -4, 3)),
        new(new GatherND(2), new ExampleInput([2, 3, 2, 2]), new([2, 3, 2], DType.Int64, -2, 1)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new GatherND(node.Knows("batch_dims") ? node.Int32("batch_dims") : 0).ApplyAll(node[0], Ops.Cast(node[1], DType.Int64));

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Type(this, DType.Int64, inputs[1].DType);
        return [inputs[0] with { Shape = ResultShape(this, inputs[0].Shape, inputs[1].Shape, BatchDims) }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        (Value data, Value indices) = (arguments.Inputs[0], arguments.Inputs[1]);
        if (!indices.Sizes[..BatchDims].SequenceEqual(data.Sizes[..BatchDims]))
            throw new ShapeException($"{Name} expects the same first {BatchDims} axes of data and indices, found {data.Shape} and {indices.Shape}.");
        (int rows, int slice) = Layout(data, indices, BatchDims);
        for (int row = 0; row < rows; row++)
            arguments.Outputs[0].CopyElements(data, Offset(this, data, indices, row, BatchDims) * slice, row * slice, slice);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => BatchDims > 0
        ? request.Through(Expand(request.Arguments)!)
        : request.Each(input => input == 0 && request.Gradient(0) is { } g
            ? new ScatterND(ScatterReduction.Add).Apply(Ops.ExpandLike(Variable.Scalar(0, g.DType), request[0]), request[1], g)
            : null);

    /// <summary>The places on the axes of the batch as indices before the others.</summary>
    /// <param name="inputs">Data and indices.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        if (BatchDims == 0)
            return null;
        (Variable data, Variable indices) = (inputs[0], inputs[1]);
        Shape one = indices.Shape.With(indices.Shape.Rank - 1, 1);
        IEnumerable<Variable> places = Enumerable.Range(0, BatchDims).Select(axis => Ops.Expand(
            new Unsqueeze().Apply(Sizes.Positions(data, axis), Ops.Integers([.. Enumerable.Range(1, indices.Shape.Rank - 1 - axis).Select(i => (long)i)])), one, indices));
        return [new GatherND().Apply(data, Ops.Concat(indices.Shape.Rank - 1, [.. places, indices]))];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => BatchDims == 0 ? new(Name)
        : request.Opset >= BatchSince ? new(Name) { Attributes = [new OnnxAttribute("batch_dims", (long)BatchDims)] }
        : null;

    /// <summary>The shape of the slices that indices address.</summary>
    internal static Shape ResultShape(Operation operation, Shape data, Shape indices, int batch = 0)
    {
        int depth = indices.Rank > 0 && indices[^1].IsStatic ? indices[^1].Size : -1;
        return depth >= 1 && batch >= 0 && batch < indices.Rank && depth + batch <= data.Rank
            ? [.. indices.SkipLast(1), .. data.Skip(batch + depth)]
            : throw new ShapeException($"{operation.Name} expects indices whose last axis has a size from 1 to {data.Rank - batch}, found {indices} for data {data} with {batch} axes of a batch.");
    }

    /// <summary>The number of positions, and of elements in the slice at each.</summary>
    internal static (int Rows, int Slice) Layout(Value data, Value indices, int batch = 0) =>
        (Value.CountOf(indices.Sizes[..^1]), Value.CountOf(data.Sizes[(batch + indices.Sizes[^1])..]));

    /// <summary>Which slice a position addresses.</summary>
    internal static int Offset(Operation operation, Value data, Value indices, int row, int batch = 0)
    {
        int depth = indices.Sizes[^1];
        int offset = batch == 0 ? 0 : row / Value.CountOf(indices.Sizes[batch..^1]);
        for (int axis = 0; axis < depth; axis++)
            offset = (offset * data.Sizes[batch + axis]) + Indexing.Layout.Index(operation, indices.Span<long>(), (row * depth) + axis, data.Sizes[batch + axis]);
        return offset;
    }
}
