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
        switch (source.DType.Size())
        {
            case 1:
                StridedCopy.Run(Bits<byte>(source), sourceStart, sourceStrides, Bits<byte>(destination), destinationStart, destinationStrides, shape, workers);
                break;
            case 4:
                StridedCopy.Run(Bits<uint>(source), sourceStart, sourceStrides, Bits<uint>(destination), destinationStart, destinationStrides, shape, workers);
                break;
            case 8:
                StridedCopy.Run(Bits<ulong>(source), sourceStart, sourceStrides, Bits<ulong>(destination), destinationStart, destinationStrides, shape, workers);
                break;
            default:
                throw UnknownSize(source);
        }
    }

    /// <summary>Copies with permuted axes; see <see cref="Kernels.Transpose"/>.</summary>
    /// <param name="x">Read.</param>
    /// <param name="permutation">For each axis of the result, the axis of x.</param>
    /// <param name="y">Written.</param>
    /// <param name="workers">Threads.</param>
    public static void Transpose(Value x, ReadOnlySpan<int> permutation, Value y, Workers workers)
    {
        switch (x.DType.Size())
        {
            case 1: Kernels.Transpose.Run(Bits<byte>(x), x.Sizes, permutation, Bits<byte>(y), workers); break;
            case 4: Kernels.Transpose.Run(Bits<uint>(x), x.Sizes, permutation, Bits<uint>(y), workers); break;
            case 8: Kernels.Transpose.Run(Bits<ulong>(x), x.Sizes, permutation, Bits<ulong>(y), workers); break;
            default: throw UnknownSize(x);
        }
    }

    private static DTypeException UnknownSize(Value value) => value.DType.NotTaken("A copy", "elements of 1, 4 or 8 bytes");

    private static Span<T> Bits<T>(Value value)
        where T : unmanaged => new((void*)value.Address, value.Count);
}
