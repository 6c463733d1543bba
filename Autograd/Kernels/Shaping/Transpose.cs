namespace Toolkit.Autograd.Kernels;

/// <summary>Permutes axes (ONNX Transpose).</summary>
internal static class Transpose
{
    /// <summary>y[i_perm(0), i_perm(1), ...] = x[i₀, i₁, ...]: axis a of the result is axis permutation[a] of the input.</summary>
    /// <param name="x">Input, row-major.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="permutation">A permutation of the axes.</param>
    /// <param name="y">Result, row-major, overwritten; must not overlap the input.</param>
    /// <param name="workers">Threads.</param>
    public static void Run<T>(ReadOnlySpan<T> x, ReadOnlySpan<int> shape, ReadOnlySpan<int> permutation, Span<T> y, Workers workers)
        where T : unmanaged
    {
        int rank = shape.Length;
        if (permutation.Length != rank)
            throw new ArgumentException($"A permutation of {rank} axes has {rank} entries; there are {permutation.Length}.", nameof(permutation));
        Span<long> strides = stackalloc long[rank];
        Span<long> sources = stackalloc long[rank];
        Span<long> destinations = stackalloc long[rank];
        Span<int> sizes = stackalloc int[rank];
        long stride = 1;
        for (int axis = rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        Span<bool> seen = stackalloc bool[rank];
        stride = 1;
        for (int axis = rank - 1; axis >= 0; axis--)
        {
            int from = permutation[axis];
            if ((uint)from >= (uint)rank || seen[from])
                throw new ArgumentException($"[{string.Join(", ", permutation.ToArray())}] is not a permutation of {rank} axes.", nameof(permutation));
            seen[from] = true;
            sources[axis] = strides[from];
            sizes[axis] = shape[from];
            destinations[axis] = stride;
            stride *= sizes[axis];
        }

        StridedCopy.Run(x, 0, sources, y, 0, destinations, sizes, workers);
    }
}
