using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// Slices of a tensor at positions (ONNX <c>GatherND</c> without batch axes). Inputs: data, int64 indices […, k], whose last axis addresses the first k axes of
/// the data, negative ones from the end; the result has the other axes of the indices, then the rest of the data's. The gradient adds up where a position
/// occurs more than once.
/// </summary>
public sealed record GatherND : Operation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new GatherND(), new ExampleInput([3, 4]), new(["batch", 2], DType.Int64, -3, 2)),
        new(new GatherND(), new ExampleInput([5, 3]), new([2, 2, 1], DType.Int64, 0, 4)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => node.Knows("batch_dims") && node.Integer("batch_dims") != 0
        ? throw new GraphException($"GatherND is read without batch axes, found batch_dims {node.Integer("batch_dims")}.")
        : new GatherND().ApplyAll(node[0], Ops.Cast(node[1], DType.Int64));

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Type(this, DType.Int64, inputs[1].DType);
        return [inputs[0] with { Shape = ResultShape(this, inputs[0].Shape, inputs[1].Shape) }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        (Value data, Value indices) = (arguments.Inputs[0], arguments.Inputs[1]);
        (int rows, int slice) = Layout(data, indices);
        for (int row = 0; row < rows; row++)
            arguments.Outputs[0].CopyElements(data, Offset(this, data, indices, row) * slice, row * slice, slice);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Each(input => input == 0 && request.Gradient(0) is { } g
        ? new ScatterND(Add: true).Apply(Ops.ExpandLike(Variable.Scalar(0, g.DType), request[0]), request[1], g)
        : null);

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name);

    /// <summary>The shape of the slices that indices address.</summary>
    internal static Shape ResultShape(Operation operation, Shape data, Shape indices)
    {
        int depth = indices.Rank > 0 && indices[^1].IsStatic ? indices[^1].Size : -1;
        return depth >= 1 && depth <= data.Rank
            ? [.. indices.SkipLast(1), .. data.Skip(depth)]
            : throw new ShapeException($"{operation.Name} expects indices whose last axis has a size from 1 to {data.Rank}, found {indices} for data {data}.");
    }

    /// <summary>The number of positions, and of elements in the slice at each.</summary>
    internal static (int Rows, int Slice) Layout(Value data, Value indices) =>
        (Value.CountOf(indices.Sizes[..^1]), Value.CountOf(data.Sizes[indices.Sizes[^1]..]));

    /// <summary>Which slice a position addresses.</summary>
    internal static int Offset(Operation operation, Value data, Value indices, int row)
    {
        int depth = indices.Sizes[^1];
        int offset = 0;
        for (int axis = 0; axis < depth; axis++)
            offset = (offset * data.Sizes[axis]) + Indexing.Layout.Index(operation, indices.Span<long>(), (row * depth) + axis, data.Sizes[axis]);
        return offset;
    }
}
