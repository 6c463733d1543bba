using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>
/// The adjoint of <see cref="Gather"/>: zeros, to which slices are added at int64 indices along an axis. Slices with the same index add
/// up in row-major order. Inputs: indices, the gradient of the gathered tensor, and the size of the axis as an int64 vector of one element.
/// </summary>
/// <param name="Axis">The axis, counted from 0.</param>
public sealed record GatherGradient(int Axis) : Operation, IHasKernel, IHasExamples
{
    private const int ScatterAddSince = 16;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new GatherGradient(0), new ExampleInput(["batch"], DType.Int64, -5, 4), new ExampleInput(["batch", 3]), ExampleInput.Constant(5)),
        new(new GatherGradient(1), new ExampleInput([2, 2], DType.Int64, 0, 3), new ExampleInput([2, 2, 2, 3]), ExampleInput.Constant(4)),
        new(new GatherGradient(0), new ExampleInput([], DType.Int64, -6, 5), new ExampleInput([]), ExampleInput.Constant(6)),
        new(new GatherGradient(2), new ExampleInput([3], DType.Int64, -4, 3), new ExampleInput(["batch", 2, 3]), ExampleInput.Constant(4)),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        Require.Type(this, DType.Int64, inputs[0].DType);
        Require.Sizes(this, inputs, 2);
        (Shape indices, Shape gradient) = (inputs[0].Shape, inputs[1].Shape);
        if (gradient.Rank < Axis + indices.Rank || !gradient.Skip(Axis).Take(indices.Rank).SequenceEqual(indices))
        {
            throw new ShapeException($"{Name} expects a gradient with the axes of the indices {indices} from axis {Axis} on, found {gradient}.");
        }

        Dim size = inputs.Content(2) is [var known] ? known : inputs.Fresh("gathered");
        return [inputs[1] with { Shape = [.. gradient.Take(Axis), size, .. gradient.Skip(Axis + indices.Rank)] }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) =>
        request.Indices(0) is { } known && known.Below <= request.ResultSizes(0)[Axis] && known.Repeats <= SliceSums.Few
            ? request.Floating(request.ResultType(0), AddKnown<float>, AddKnown<double>)
            : request.Floating(request.ResultType(0), Add<float>, Add<double>);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        [null, request.Gradient(0) is { } g ? Ops.Gather(g, request[0], Axis) : null, null];

    /// <summary>The same over the leading axis, to which other axes are moved; null for the leading axis itself.</summary>
    /// <param name="inputs">The indices, the gradient and the size.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        if (Axis == 0)
        {
            return null;
        }

        int indexRank = inputs[0].Shape.Rank;
        int rank = inputs[1].Shape.Rank - indexRank + 1;
        IntList forward = [.. Enumerable.Range(Axis, indexRank), .. Enumerable.Range(0, Axis), .. Enumerable.Range(Axis + indexRank, rank - Axis - 1)];
        Variable moved = Ops.Transpose(inputs[1], forward);
        Variable scattered = new GatherGradient(0).Apply(inputs[0], moved, inputs[2]);
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
            return request.Outputs[0].Shape[0].IsStatic ? OneHotProduct(request) : null;
        }

        DType type = request.Inputs[1].DType;
        OnnxInput zeros = OnnxInput.Of("Expand", new OnnxInput.Constant(Value.Full(0, type)), SizesOf(request));
        OnnxInput indices = OnnxInput.Of("Unsqueeze", new OnnxInput.Argument(0), OnnxInput.Integers(request.Inputs[0].Shape.Rank));
        return new OnnxForm("ScatterND")
        {
            Attributes = [new OnnxAttribute("reduction", "add")],
            Inputs = [zeros, indices, new OnnxInput.Argument(1)],
        };
    }

    private static OnnxInput SizesOf(OnnxRequest request)
    {
        Shape shape = request.Outputs[0].Shape;
        if (!shape.DependsOnData)
        {
            return new OnnxInput.Dimensions(shape);
        }

        (int indexRank, int rank) = (request.Inputs[0].Shape.Rank, request.Inputs[1].Shape.Rank);
        OnnxInput sizes = OnnxInput.Of("Shape", new OnnxInput.Argument(1));
        OnnxInput inner = OnnxInput.Of("Slice", sizes, OnnxInput.Integers(indexRank), OnnxInput.Integers(rank), OnnxInput.Integers(0), OnnxInput.Integers(1));
        return OnnxInput.Of("Concat", [new OnnxAttribute("axis", 0L)], request.Sizes(2), inner);
    }

    private static OnnxForm OneHotProduct(OnnxRequest request)
    {
        (Shape indices, Shape data, DType type) = (request.Inputs[0].Shape, request.Outputs[0].Shape, request.Inputs[1].DType);
        Shape rows = [indices.ElementCount, data.Skip(1).Aggregate(Dim.Of(1), (a, b) => a * b)];
        OnnxInput matrix = OnnxInput.Of(
            "OneHot",
            [new OnnxAttribute("axis", -1L)],
            OnnxInput.Of("Reshape", new OnnxInput.Argument(0), Reshape.TargetOf([indices.ElementCount])),
            new OnnxInput.Constant(Value.Of((long)data[0].Size)),
            new OnnxInput.Constant(Value.Of([0f, 1f], 2)));
        if (type != DType.Float32)
        {
            // ONNX Runtime has no OneHot of doubles.
            matrix = OnnxInput.Of("Cast", [new OnnxAttribute("to", type)], matrix);
        }

        matrix = OnnxInput.Of("Transpose", [new OnnxAttribute("perm", new long[] { 1, 0 })], matrix);
        OnnxInput gradient = OnnxInput.Of("Reshape", new OnnxInput.Argument(1), Reshape.TargetOf(rows));
        return new OnnxForm("Reshape") { Inputs = [OnnxInput.Of("MatMul", matrix, gradient), Reshape.TargetOf(data)] };
    }

    /// <summary>For indices of which it is known that they lie within the axis and that none occurs often.</summary>
    private void AddKnown<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        (Value indices, Value gradient, Value y) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        (int outer, int size, int inner) = Layout.Around(y.Sizes, Axis);
        Span<T> to = y.Span<T>();
        ReadOnlySpan<T> from = gradient.Span<T>();
        ReadOnlySpan<long> rows = indices.Span<long>();
        to.Clear();
        for (int o = 0; o < outer; o++)
            SliceSums.AddFew(rows, from.Slice(o * rows.Length * inner, rows.Length * inner), inner, to.Slice(o * size * inner, size * inner));
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
        Layout.Indices(this, index, size, rows);
        for (int o = 0; o < outer; o++)
            SliceSums.Add(rows, from.Slice(o * rows.Length * inner, rows.Length * inner), inner, to.Slice(o * size * inner, size * inner), arguments.Workers);
    }
}
