using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// A copy of a tensor with slices replaced, or added to, at positions (ONNX <c>ScatterND</c>). Inputs: data, int64 indices […, k], updates: the last axis of the
/// indices addresses the first k axes of the data, negative ones from the end. Where a position occurs more than once, added slices add up in row-major
/// order, and of replaced ones the last stays.
/// </summary>
/// <param name="Add">Whether updates are added to the data (<c>reduction = add</c>) instead of replacing them.</param>
public sealed record ScatterND(bool Add = false) : Operation, IHasKernel, IOperator
{
    private const int AddSince = 16;

    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new ScatterND(true), new ExampleInput([5, 3]), new([4, 1], DType.Int64, -5, 4), new([4, 3])) { Opset = 16 },
        new(new ScatterND(true), new ExampleInput([3, 4]), new(["batch", 2], DType.Int64, 0, 2), new(["batch"])) { Opset = 16 },
        new(new ScatterND(), new ExampleInput([6, 2]), new([1, 1], DType.Int64, -6, 5), new([1, 2])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new ScatterND((node.Knows("reduction") ? node.Text("reduction") : "none") switch
    {
        "none" => false,
        "add" => true,
        var other => throw new GraphException($"ScatterND takes the reduction none or add, found {other}."),
    }).ApplyAll(node[0], Ops.Cast(node[1], DType.Int64), node[2]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        Require.Type(this, DType.Int64, inputs[1].DType);
        Require.SameType(this, inputs[0].DType, inputs[2].DType);
        if (Add)
        {
            Require.Number(this, inputs[0].DType);
        }

        Shape expected = GatherND.ResultShape(this, inputs[0].Shape, inputs[1].Shape);
        return inputs[2].Shape == expected || (inputs[2].Shape.Rank == expected.Rank && (inputs[2].Shape.DependsOnData || expected.DependsOnData))
            ? [inputs[0]]
            : throw new ShapeException($"{Name} expects updates of shape {expected} for data {inputs[0].Shape} and indices {inputs[1].Shape}, found {inputs[2].Shape}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    /// <inheritdoc/>
    DType IHasKernel.ComputeType(DType stored) => Add && ElementType.Of(stored).IsHalf ? DType.Float32 : stored;

    private void Compute(KernelArguments arguments)
    {
        DType type = arguments.Outputs[0].DType;
        (Value data, Value indices, Value updates) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Inputs[2]);
        (int count, int slice) = GatherND.Layout(data, indices);
        if (updates.Count != count * slice)
            throw new ShapeException($"{Name} expects {count} updates of {slice} elements for data {data.Shape} and indices {indices.Shape}, found {updates.Shape}.");
        if (Add)
            NumberDispatch.Run(type, Name, new Sums(this, arguments));
        else
            SizeDispatch.Run(type.Size(), new Moves(this, arguments));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
            return request.Zero;
        (Variable indices, Variable updates) = (request[1], request[2]);
        return request.Each(input => input switch
        {
            0 => Add ? g : new ScatterND().Apply(g, indices, Ops.ExpandLike(Variable.Scalar(0, g.DType), updates)),
            2 => new GatherND().Apply(g, indices),
            _ => null,
        });
    }

    /// <summary>Operator sets before 16 cannot add.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) =>
        !Add ? new(Name) : request.Opset >= AddSince ? new(Name) { Attributes = [new OnnxAttribute("reduction", "add")] } : null;

    private void Sum<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        (Value data, Value indices, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        y.CopyFrom(data);
        (int count, int slice) = GatherND.Layout(data, indices);
        using Scratch scratch = arguments.Workers.Rent((long)count * sizeof(int));
        Span<int> rows = scratch.Span<int>(count);
        for (int row = 0; row < count; row++)
            rows[row] = GatherND.Offset(this, data, indices, row);
        SliceSums.Add(rows, arguments.Inputs[2].Span<T>(), slice, y.Span<T>(), arguments.Workers);
    }

    private unsafe void Move<T>(KernelArguments arguments)
        where T : unmanaged
    {
        (Value data, Value indices, Value updates, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Inputs[2], arguments.Outputs[0]);
        y.CopyFrom(data);
        (int count, int slice) = GatherND.Layout(data, indices);
        Span<T> from = new(updates.Pointer<T>(), updates.Count), to = new(y.Pointer<T>(), y.Count);
        for (int row = 0; row < count; row++)
            from.Slice(row * slice, slice).CopyTo(to.Slice(GatherND.Offset(this, data, indices, row) * slice, slice));
    }

    private readonly ref struct Sums(ScatterND operation, KernelArguments arguments) : INumberAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => operation.Sum<T>(arguments);
    }

    private readonly ref struct Moves(ScatterND operation, KernelArguments arguments) : IBitsAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged => operation.Move<T>(arguments);
    }
}
