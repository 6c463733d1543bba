using System.Numerics;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// The greatest element of each window (ONNX <c>MaxPool</c>; book section 9.3). Results: the values, and their int64 positions in the whole image tensor,
/// row-major. Signals [N, C, W] and volumes with more axes go the same way. At a tie the first position wins and gets the gradient; NaN counts as greater than any number.
/// </summary>
/// <param name="Kernel">The size of the window along each axis.</param>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Padding before each axis, then after each axis; padded places never win.</param>
/// <param name="Dilations">Distances of the places of the window along each axis.</param>
/// <param name="CeilMode">Whether a last window that begins within the image or the padding before it counts although it reaches beyond the padding.</param>
public sealed record MaxPool(IntList Kernel, IntList Strides, IntList Pads, IntList Dilations, bool CeilMode = false)
    : Pooling(Kernel, Strides, Pads, Dilations, CeilMode), IHasKernel, IRunsInBlocks, IMakesIndices, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new MaxPool([2, 2], [2, 2], [0, 0, 0, 0], [1, 1]), new ExampleInput(["batch", 2, 4, 5]) { Separation = 0.01 }),
        new(new MaxPool([3, 2], [1, 2], [1, 0, 1, 1], [1, 1]), new ExampleInput([2, 1, 4, 5]) { Separation = 0.01 }),
        new(new MaxPool([2, 3], [1, 2], [0, 1, 1, 1], [2, 1]), new ExampleInput([2, 1, 5, 4]) { Separation = 0.01 }),
        new(new MaxPool([1, 3], [1, 1], [0, 2, 0, 2], [1, 2]), new ExampleInput(["batch", 1, 2, 4]) { Separation = 0.01 }),
        new(new MaxPool([2, 3], [2, 2], [0, 1, 0, 0], [1, 1], CeilMode: true), new ExampleInput(["batch", 2, 5, 4]) { Separation = 0.01 }),
        new(new MaxPool([3], [2], [1, 0], [1]), new ExampleInput(["batch", 2, 6]) { Separation = 0.01 }),
        new(new MaxPool([2, 2], [2, 1], [1, 0, 0, 1], [1, 1], CeilMode: true), new ExampleInput([2, 1, "height", "width"]) { Separation = 0.01 }),
        new(new MaxPool([2, 2, 3], [1, 2, 1], [1, 0, 0, 0, 1, 1], [2, 1, 1]), new ExampleInput(["batch", 1, 4, 3, 4]) { Separation = 0.01 }),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => PoolingNode.Max(node);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Shape shape = OutputShape(inputs[0].Shape);
        return [inputs[0] with { Shape = shape }, new TensorType(DType.Int64, shape)];
    }

    /// <summary>The positions lie in the image, unless the places of a dilated window can step over it; a place lies in as many windows as there are steps within a window.</summary>
    KnownIndices? IMakesIndices.IndicesOf(int output, ReadOnlySpan<int> sizes)
    {
        if (output == 0 || Dilations.Any(d => d > 1) || sizes.Contains(0))
            return null;
        long windows = 1;
        for (int axis = 0; axis < Kernel.Count; axis++)
            windows = Math.Min(int.MaxValue, windows * (((Kernel[axis] - 1) / Strides[axis]) + 1));
        return new KnownIndices(Value.CountOf(sizes), (int)windows);
    }

    /// <summary>The values, and the positions if anybody reads them.</summary>
    /// <param name="request">The sizes, and which results are read.</param>
    public Kernel Lower(LowerRequest request)
    {
        RequirePlaces(request.Sizes(0));
        return request.Floating(request.Type(0), Compute<float>, Compute<double>);
    }

    /// <summary>The greatest of bytes is found among float32 numbers, which hold them all.</summary>
    /// <param name="stored">The type of the input or the result.</param>
    DType IHasKernel.ComputeType(DType stored) => stored is DType.Int8 or DType.UInt8 || ElementType.Of(stored).IsHalf ? DType.Float32 : stored;

    /// <summary>Image by image.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => new([0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        [request.Gradient(0) is { } g ? new MaxPoolGradient(Kernel, Strides, Pads, Dilations, CeilMode).Apply(request[0], g) : null];

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = [.. WindowAttributes(request.Inputs[0].Shape, padsCount: false)],
    };

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value? y, Value? indices) = (arguments.Inputs[0], arguments.Outputs[0], arguments.Outputs[1]);
        using Scratch scratch = arguments.Workers.Rent(y is null ? (long)indices!.Count * Unsafe.SizeOf<T>() : 0);
        Span<T> values = y is null ? scratch.Span<T>(indices!.Count) : y.Span<T>();
        Fold<T>(Passes(x.Sizes, (y ?? indices!).Sizes), x.Span<T>(), values, indices is null ? [] : indices.Span<long>(), arguments.Workers);
    }

    private static void Fold<T>(ReadOnlySpan<PoolingShape> passes, ReadOnlySpan<T> x, Span<T> y, Span<long> indices, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (passes.Length == 1)
        {
            MaxPooling.Forward(passes[0], x, y, indices, workers);
            return;
        }

        int count = Value.CountOf([passes[0].Planes, passes[0].OutPlane]);
        using Scratch values = workers.Rent((long)count * Unsafe.SizeOf<T>()), places = workers.Rent(indices.IsEmpty ? 0 : (long)count * sizeof(long));
        Span<long> within = indices.IsEmpty ? [] : places.Span<long>(count);
        MaxPooling.Forward(passes[0], x, values.Span<T>(count), within, workers);
        Fold<T>(passes[1..], values.Span<T>(count), y, indices, workers);
        for (int i = 0; i < indices.Length; i++)
            indices[i] = indices[i] < 0 ? -1 : within[(int)indices[i]];
    }
}
