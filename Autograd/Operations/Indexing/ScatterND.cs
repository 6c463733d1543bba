using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// A copy of a tensor with slices replaced at positions, or joined with what is there (ONNX <c>ScatterND</c>). Inputs: data, int64 indices […, k], updates: the last axis of the
/// indices addresses the first k axes of the data, negative ones from the end. Where a position occurs more than once, updates are taken in row-major order, so that of
/// replaced slices the last stays.
/// </summary>
/// <param name="Reduction">What becomes of the elements at a position.</param>
public sealed record ScatterND(ScatterReduction Reduction = ScatterReduction.None) : Operation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new ScatterND(ScatterReduction.Add), new ExampleInput([5, 3]), new([4, 1], DType.Int64, -5, 4), new([4, 3])) { Opset = 16 },
        new(new ScatterND(ScatterReduction.Add), new ExampleInput([3, 4]), new(["batch", 2], DType.Int64, 0, 2), new(["batch"])) { Opset = 16 },
        new(new ScatterND(), new ExampleInput([6, 2]), new([1, 1], DType.Int64, -6, 5), new([1, 2])),
        new(new ScatterND(ScatterReduction.Mul), new ExampleInput([3, 2]), new(["batch", 1], DType.Int64, -3, 2), new(["batch", 2], Low: 0.5)) { Opset = 16 },
        new(new ScatterND(ScatterReduction.Max), new ExampleInput([4]) { Separation = 0.1 }, new([4, 1], DType.Int64, 0, 3), new([4]) { Separation = 0.1, Margin = 0.1 }) { Opset = 18 },
        new(new ScatterND(ScatterReduction.Min), new ExampleInput([2, 4]) { Separation = 0.1 }, new([4, 2], DType.Int64, 0, 1), new([4]) { Separation = 0.1, Margin = 0.1 }) { Opset = 18 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new ScatterND(Scattering.Read(node)).ApplyAll(node[0], Ops.Cast(node[1], DType.Int64), node[2]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        Require.Type(this, DType.Int64, inputs[1].DType);
        Require.SameType(this, inputs[0].DType, inputs[2].DType);
        if (Reduction != ScatterReduction.None)
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
    DType IHasKernel.ComputeType(DType stored) => Reduction != ScatterReduction.None && ElementType.Of(stored).IsHalf ? DType.Float32 : stored;

    private void Compute(KernelArguments arguments)
    {
        DType type = arguments.Outputs[0].DType;
        (Value data, Value indices, Value updates) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Inputs[2]);
        (int count, int slice) = GatherND.Layout(data, indices);
        if (updates.Count != count * slice)
            throw new ShapeException($"{Name} expects {count} updates of {slice} elements for data {data.Shape} and indices {indices.Shape}, found {updates.Shape}.");
        if (Reduction != ScatterReduction.None)
            NumberDispatch.Run(type, Name, new Joins(this, arguments));
        else
            SizeDispatch.Run(type.Size(), new Moves(this, arguments));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => Scattering.Bprop(
        request,
        Reduction,
        (reduction, data, updates) => new ScatterND(reduction).Apply(data, request[1], updates),
        data => new GatherND().Apply(data, request[1]));

    /// <summary>Operator sets before 16 cannot add or multiply, those before 18 not compare.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) =>
        request.Opset >= Scattering.Since(Reduction) ? new(Name) { Attributes = Scattering.Write(Reduction) } : null;

    private void Join<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        (Value data, Value indices, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        y.CopyFrom(data);
        (int count, int slice) = GatherND.Layout(data, indices);
        using Scratch scratch = arguments.Workers.Rent((long)count * sizeof(int));
        Span<int> rows = scratch.Span<int>(count);
        for (int row = 0; row < count; row++)
            rows[row] = GatherND.Offset(this, data, indices, row);
        ReadOnlySpan<T> updates = arguments.Inputs[2].Span<T>();
        Span<T> to = y.Span<T>();
        if (Reduction == ScatterReduction.Add)
        {
            SliceSums.Add(rows, updates, slice, to, arguments.Workers);
            return;
        }

        for (int i = 0; i < updates.Length; i++)
        {
            ref T element = ref to[(rows[i / slice] * slice) + (i % slice)];
            element = Scattering.Join(Reduction, element, updates[i]);
        }
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

    private readonly ref struct Joins(ScatterND operation, KernelArguments arguments) : INumberAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => operation.Join<T>(arguments);
    }

    private readonly ref struct Moves(ScatterND operation, KernelArguments arguments) : IBitsAction
    {
        private readonly KernelArguments arguments = arguments;

        public void For<T>()
            where T : unmanaged => operation.Move<T>(arguments);
    }
}
