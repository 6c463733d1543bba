using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// The adjoint of <see cref="Gather"/>: zeros of a given shape, to which slices are added at int64 indices along an axis. Slices with the same index add
/// up in row-major order. Inputs: indices, then the gradient of the gathered tensor.
/// </summary>
/// <param name="Axis">The axis, counted from 0.</param>
/// <param name="DataShape">The shape of the result.</param>
public sealed record GatherGradient(int Axis, Shape DataShape) : Operation, IHasKernel, IHasExamples
{
    private const int ScatterAddSince = 16;

    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new GatherGradient(0, [5, 3]), new ExampleInput(["batch"], DType.Int64, -5, 4), new ExampleInput(["batch", 3])),
        new(new GatherGradient(1, [2, 4, 3]), new ExampleInput([2, 2], DType.Int64, 0, 3), new ExampleInput([2, 2, 2, 3])),
        new(new GatherGradient(0, [6]), new ExampleInput([], DType.Int64, -6, 5), new ExampleInput([])),
        new(new GatherGradient(2, ["batch", 2, 4]), new ExampleInput([3], DType.Int64, -4, 3), new ExampleInput(["batch", 2, 3])),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Type(this, DType.Int64, inputs[0].DType);
        Shape expected = [.. DataShape.Take(Axis), .. inputs[0].Shape, .. DataShape.Skip(Axis + 1)];
        return inputs[1].Shape == expected
            ? [inputs[1] with { Shape = DataShape }]
            : throw new ShapeException($"{Name} expects a gradient of shape {expected}, found {inputs[1].Shape}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(request.ResultType(0), Add<float>, Add<double>);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        [null, request.Gradient(0) is { } g ? Ops.Gather(g, request[0], Axis) : null];

    /// <summary>The same over the leading axis, to which other axes are moved; null for the leading axis itself.</summary>
    /// <param name="inputs">The indices and the gradient.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        if (Axis == 0)
        {
            return null;
        }

        int rank = DataShape.Rank;
        int indexRank = inputs[0].Shape.Rank;
        IntList forward = [.. Enumerable.Range(Axis, indexRank), .. Enumerable.Range(0, Axis), .. Enumerable.Range(Axis + indexRank, rank - Axis - 1)];
        Variable moved = Ops.Transpose(inputs[1], forward);
        Shape movedShape = [DataShape[Axis], .. DataShape.Take(Axis), .. DataShape.Skip(Axis + 1)];
        Variable scattered = new GatherGradient(0, movedShape).Apply(inputs[0], moved);
        return [Ops.Transpose(scattered, [.. Enumerable.Range(1, Axis), 0, .. Enumerable.Range(Axis + 1, rank - Axis - 1)])];
    }

    /// <summary>
    /// For the leading axis, <c>ScatterND</c> with the reduction <c>add</c> onto zeros. Operator sets before 16 have no reduction: there it is the product of
    /// the matrix <c>OneHot</c> of the indices with the gradient, if the size of the axis is static, whose memory is the size of the axis times the number of
    /// indices, and in which an infinite element makes other rows NaN.
    /// </summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request)
    {
        if (Axis != 0)
        {
            return null;
        }

        if (request.Opset < ScatterAddSince)
        {
            return DataShape[0].IsStatic ? OneHotProduct(request) : null;
        }

        DType type = request.Inputs[1].DType;
        OnnxInput zeros = OnnxInput.Of("Expand", new OnnxInput.Constant(Value.Full(0, type)), new OnnxInput.Dimensions(DataShape));
        OnnxInput indices = OnnxInput.Of("Unsqueeze", new OnnxInput.Argument(0), OnnxInput.Integers(request.Inputs[0].Shape.Rank));
        return new OnnxForm("ScatterND")
        {
            Attributes = [new OnnxAttribute("reduction", "add")],
            Inputs = [zeros, indices, new OnnxInput.Argument(1)],
        };
    }

    private OnnxForm OneHotProduct(OnnxRequest request)
    {
        (Shape indices, DType type) = (request.Inputs[0].Shape, request.Inputs[1].DType);
        Shape rows = [indices.ElementCount, DataShape.Skip(1).Aggregate(Dim.Of(1), (a, b) => a * b)];
        OnnxInput matrix = OnnxInput.Of(
            "OneHot",
            [new OnnxAttribute("axis", -1L)],
            OnnxInput.Of("Reshape", new OnnxInput.Argument(0), Reshape.TargetOf([indices.ElementCount])),
            new OnnxInput.Constant(Value.Of((long)DataShape[0].Size)),
            new OnnxInput.Constant(Value.Of([0f, 1f], 2)));
        if (type != DType.Float32)
        {
            // ONNX Runtime has no OneHot of doubles.
            matrix = OnnxInput.Of("Cast", [new OnnxAttribute("to", type)], matrix);
        }

        matrix = OnnxInput.Of("Transpose", [new OnnxAttribute("perm", new long[] { 1, 0 })], matrix);
        OnnxInput gradient = OnnxInput.Of("Reshape", new OnnxInput.Argument(1), Reshape.TargetOf(rows));
        return new OnnxForm("Reshape") { Inputs = [OnnxInput.Of("MatMul", matrix, gradient), Reshape.TargetOf(DataShape)] };
    }

    private void Add<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        (Value indices, Value gradient, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        (int outer, int size, int inner) = Layout.Around(y.Sizes, Axis);
        Span<T> to = y.Span<T>();
        ReadOnlySpan<T> from = gradient.Span<T>();
        ReadOnlySpan<long> index = indices.Span<long>();
        to.Clear();
        using Scratch scratch = arguments.Workers.Rent((long)index.Length * sizeof(int));
        Span<int> rows = scratch.Span<int>(index.Length);
        for (int i = 0; i < rows.Length; i++)
            rows[i] = Layout.Index(this, index, i, size);
        for (int o = 0; o < outer; o++)
            SliceSums.Add(rows, from.Slice(o * rows.Length * inner, rows.Length * inner), inner, to.Slice(o * size * inner, size * inner), arguments.Workers);
    }
}
