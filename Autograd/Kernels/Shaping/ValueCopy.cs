using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>Strided copies between values of any element type: elements are copied as bits of their size.</summary>
internal static unsafe class ValueCopy
{
    /// <summary>Writes the row-major strides of sizes, in elements.</summary>
    public static void Strides(ReadOnlySpan<int> sizes, Span<long> strides)
    {
        long stride = 1;
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= sizes[axis];
        }
    }

    /// <summary>Copies a block between two values of one element type; see <see cref="StridedCopy"/>.</summary>
    /// <param name="source">Read.</param>
    /// <param name="sourceStart">Element of index 0.</param>
    /// <param name="sourceStrides">Stride per axis.</param>
    /// <param name="destination">Written.</param>
    /// <param name="destinationStart">Element of index 0.</param>
    /// <param name="destinationStrides">Stride per axis.</param>
    /// <param name="shape">Size per axis.</param>
    /// <param name="workers">Threads.</param>
    public static void Run(
        Value source,
        long sourceStart,
        ReadOnlySpan<long> sourceStrides,
        Value destination,
        long destinationStart,
        ReadOnlySpan<long> destinationStrides,
        ReadOnlySpan<int> shape,
        Workers workers)
    {
        fixed (long* from = sourceStrides, to = destinationStrides)
        fixed (int* sizes = shape)
        {
            SizeDispatch.Run(
                source.DType.Size(), new Copy(source, sourceStart, from, destination, destinationStart, to, sizes, shape.Length, workers));
        }
    }

    /// <summary>Copies with permuted axes; see <see cref="Kernels.Transpose"/>.</summary>
    /// <param name="x">Read.</param>
    /// <param name="permutation">For each axis of the result, the axis of x.</param>
    /// <param name="y">Written.</param>
    /// <param name="workers">Threads.</param>
    public static void Transpose(Value x, ReadOnlySpan<int> permutation, Value y, Workers workers)
    {
        fixed (int* axes = permutation)
        {
            SizeDispatch.Run(x.DType.Size(), new Permutation(x, axes, y, workers));
        }
    }

    private static Span<T> Bits<T>(Value value)
        where T : unmanaged => new((void*)value.Address, value.Count);

    private readonly struct Copy(
        Value source, long sourceStart, long* sourceStrides, Value destination, long destinationStart, long* destinationStrides, int* shape, int rank, Workers workers)
        : IBitsAction
    {
        public void For<T>()
            where T : unmanaged => StridedCopy.Run(
                Bits<T>(source), sourceStart, new ReadOnlySpan<long>(sourceStrides, rank), Bits<T>(destination), destinationStart,
                new ReadOnlySpan<long>(destinationStrides, rank), new ReadOnlySpan<int>(shape, rank), workers);
    }

    private readonly struct Permutation(Value x, int* axes, Value y, Workers workers) : IBitsAction
    {
        public void For<T>()
            where T : unmanaged => Kernels.Transpose.Run(Bits<T>(x), x.Sizes, new ReadOnlySpan<int>(axes, x.Rank), Bits<T>(y), workers);
    }
}
