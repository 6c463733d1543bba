namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Copies an n-dimensional block between two layouts. Strides are in elements; a source stride of 0 repeats (broadcast, expand), a
/// negative one runs backwards (reversed slice). Slice, concatenate, pad, expand, tile and transpose are all calls of this.
/// </summary>
internal static unsafe class StridedCopy
{
    /// <summary>Most axes after merging.</summary>
    public const int MaxAxes = 16;

    /// <summary>destination[destinationStart + Σ iₐ·dₐ] = source[sourceStart + Σ iₐ·sₐ] for every index i below <paramref name="shape"/>.</summary>
    /// <param name="source">Read.</param>
    /// <param name="sourceStart">Element of index 0.</param>
    /// <param name="sourceStrides">Stride per axis.</param>
    /// <param name="destination">Written; no element may be the target of two indices.</param>
    /// <param name="destinationStart">Element of index 0.</param>
    /// <param name="destinationStrides">Stride per axis.</param>
    /// <param name="shape">Size per axis.</param>
    /// <param name="workers">Threads.</param>
    public static void Run<T>(
        ReadOnlySpan<T> source,
        long sourceStart,
        ReadOnlySpan<long> sourceStrides,
        Span<T> destination,
        long destinationStart,
        ReadOnlySpan<long> destinationStrides,
        ReadOnlySpan<int> shape,
        Workers workers)
        where T : unmanaged
    {
        if (sourceStrides.Length != shape.Length || destinationStrides.Length != shape.Length)
            throw new ArgumentException($"{shape.Length} axes need as many strides; there are {sourceStrides.Length} and {destinationStrides.Length}.");
        foreach (int size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size);
            if (size == 0)
                return;
        }

        Require("source", source.Length, sourceStart, sourceStrides, shape);
        Require("destination", destination.Length, destinationStart, destinationStrides, shape);
        StridedAxes axes = new(shape, sourceStrides, destinationStrides);
        fixed (T* from = source, to = destination)
            StridedCopyJob<T>.Run(axes, from + sourceStart, to + destinationStart, workers);
    }

    private static void Require(string name, int length, long start, ReadOnlySpan<long> strides, ReadOnlySpan<int> shape)
    {
        long low = start, high = start;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            long reach = (shape[axis] - 1) * strides[axis];
            if (reach < 0)
                low += reach;
            else
                high += reach;
        }

        if (low < 0 || high >= length)
            throw new ArgumentException($"The copy touches elements {low} to {high} of the {name}, which has {length}.");
    }
}
