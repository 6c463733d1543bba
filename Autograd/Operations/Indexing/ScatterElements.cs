using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// A copy of a tensor with one update for each index: along an axis the index says where, on the others it is that of the same place (ONNX <c>ScatterElements</c>, in old files
/// <c>Scatter</c>). Inputs: data, int64 indices with as many axes, negative ones from the end, and updates of the shape of the indices. Updates of one place are taken in row-major order.
/// </summary>
/// <param name="Axis">The axis; a negative one counts from the end.</param>
/// <param name="Reduction">What becomes of the element at a place.</param>
public sealed record ScatterElements(int Axis = 0, ScatterReduction Reduction = ScatterReduction.None) : Operation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new ScatterElements(), new ExampleInput([3, 2]), new ExampleInput([2, 2], DType.Int64) { Numbers = [0, -1, 1, 0] }, new ExampleInput([2, 2])),
        new(new ScatterElements(1), new ExampleInput(["batch", 3]), new ExampleInput(["batch", 1], DType.Int64, -3, 2), new ExampleInput(["batch", 1])),
        new(new ScatterElements(-1, ScatterReduction.Add), new ExampleInput([2, 3]), new ExampleInput([2, 4], DType.Int64, -3, 2), new ExampleInput([2, 4])) { Opset = 16 },
        new(new ScatterElements(0, ScatterReduction.Mul), new ExampleInput([3]), new ExampleInput(["count"], DType.Int64, 0, 2), new ExampleInput(["count"], Low: 0.5)) { Opset = 16 },
        new(new ScatterElements(0, ScatterReduction.Max), new ExampleInput([4]) { Separation = 0.1 }, new ExampleInput([4], DType.Int64, -4, 3), new ExampleInput([4]) { Separation = 0.1, Margin = 0.1 }) { Opset = 18 },
        new(new ScatterElements(1, ScatterReduction.Min), new ExampleInput([2, 2]) { Separation = 0.1 }, new ExampleInput([2, 4], DType.Int64, 0, 1), new ExampleInput([2, 4]) { Separation = 0.1, Margin = 0.1 }) { Opset = 18 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new ScatterElements(node.Int32("axis"), Scattering.Read(node)).ApplyAll(node[0], Ops.Cast(node[1], DType.Int64), node[2]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        Require.Type(this, DType.Int64, inputs[1].DType);
        Require.SameType(this, inputs[0].DType, inputs[2].DType);
        if (Reduction != ScatterReduction.None)
            Require.Number(this, inputs[0].DType);
        ElementPlaces.Axis(this, inputs[0].Shape, inputs[1].Shape, Axis);
        return inputs[2].Shape == inputs[1].Shape || inputs[1].Shape.DependsOnData || inputs[2].Shape.DependsOnData
            ? [inputs[0]]
            : throw new ShapeException($"{Name} expects updates of the shape {inputs[1].Shape} of the indices, found {inputs[2].Shape}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    /// <inheritdoc/>
    DType IHasKernel.ComputeType(DType stored) => Reduction != ScatterReduction.None && ElementType.Of(stored).IsHalf ? DType.Float32 : stored;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => Scattering.Bprop(
        request,
        Reduction,
        (reduction, data, updates) => new ScatterElements(Axis, reduction).Apply(data, request[1], updates),
        data => new GatherElements(Axis).Apply(data, request[1]));

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset >= Scattering.Since(Reduction)
        ? new(Name) { Attributes = [new OnnxAttribute("axis", (long)Axis), .. Scattering.Write(Reduction)] }
        : null;

    private void Compute(KernelArguments arguments)
    {
        (Value indices, Value updates, Value y) = (arguments.Inputs[1], arguments.Inputs[2], arguments.Outputs[0]);
        if (!indices.Sizes.SequenceEqual(updates.Sizes))
            throw new ShapeException($"{Name} expects updates of the shape {indices.Shape} of the indices, found {updates.Shape}.");
        y.CopyFrom(arguments.Inputs[0]);
        using Scratch scratch = arguments.Workers.Rent((long)indices.Count * sizeof(int));
        Span<int> places = scratch.Span<int>(indices.Count);
        ElementPlaces.Fill(this, y.Sizes, indices, Axis < 0 ? Axis + y.Rank : Axis, places);
        if (Reduction == ScatterReduction.None)
            SizeDispatch.Run(y.DType.Size(), new Moves(places, updates, y));
        else
            NumberDispatch.Run(y.DType, Name, new Joins(Reduction, places, updates, y));
    }

    private readonly ref struct Moves(ReadOnlySpan<int> places, Value updates, Value y) : IBitsAction
    {
        private readonly ReadOnlySpan<int> places = places;

        public unsafe void For<T>()
            where T : unmanaged
        {
            T* from = updates.Pointer<T>(), to = y.Pointer<T>();
            for (int i = 0; i < places.Length; i++)
                to[places[i]] = from[i];
        }
    }

    private readonly ref struct Joins(ScatterReduction reduction, ReadOnlySpan<int> places, Value updates, Value y) : INumberAction
    {
        private readonly ReadOnlySpan<int> places = places;

        public void For<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            ReadOnlySpan<T> from = updates.Span<T>();
            Span<T> to = y.Span<T>();
            for (int i = 0; i < places.Length; i++)
                to[places[i]] = Scattering.Join(reduction, to[places[i]], from[i]);
        }
    }
}
