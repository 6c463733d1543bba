using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>The windows of one row of max pooling in single precision that lie inside the image, four at a time, for strides of 1 and 2.</summary>
internal static unsafe class MaxPoolingRow
{
    /// <summary>Computes windows from the first on, as many as it can, and returns the one behind the last; the rest is left to the caller.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="rows">The rows of the windows.</param>
    /// <param name="inner">The windows whose columns all lie inside the image.</param>
    /// <param name="x">The plane.</param>
    /// <param name="readable">The elements from the plane's first on that may be read: those of the planes behind it as well.</param>
    /// <param name="y">Receives the maxima of the row.</param>
    /// <param name="indices">Receives their places, or null.</param>
    /// <param name="offset">The place of the plane's first element.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Run(in PoolingShape shape, in PoolingWindow rows, (int First, int End) inner, float* x, long readable, float* y, long* indices, long offset)
    {
        int stride = shape.StrideWidth;
        if (stride > 2 || inner.End - inner.First < 4 || rows.Begin >= rows.End)
            return inner.First;

        // Four windows read up to four strides from their first column; what lies beyond the last plane belongs to somebody else.
        long lastRow = (rows.End - 1L) * shape.InWidth, reach = (shape.KernelWidth - 1L) * shape.DilationWidth;
        for (int done = inner.First; done < inner.End; done += 4)
        {
            // The last four overlap the ones before: equal windows give equal results.
            int ox = Math.Min(done, inner.End - 4);
            int first = (ox * stride) - shape.PadLeft;
            if (lastRow + first + reach + (4 * stride) > readable)
                return done;
            Vector128<float> maximum = default;
            Vector128<int> best = default;
            Vector128<int> lanes = Vector128.Create(0, stride, 2 * stride, 3 * stride);
            bool fresh = true;
            for (int iy = rows.Begin; iy < rows.End; iy += shape.DilationHeight)
            {
                for (int kx = 0; kx < shape.KernelWidth; kx++)
                {
                    int position = (iy * shape.InWidth) + first + (kx * shape.DilationWidth);
                    Vector128<float> value = stride == 1 ? Vector128.Load(x + position) : Four.Even(x + position);
                    Vector128<int> at = Vector128.Create(position) + lanes;
                    Vector128<float> greater = fresh ? Vector128<float>.AllBitsSet : Exceeds(value, maximum);
                    maximum = Vector128.ConditionalSelect(greater, value, maximum);
                    best = Vector128.ConditionalSelect(greater.AsInt32(), at, best);
                    fresh = false;
                }
            }

            maximum.Store(y + ox);
            if (indices is not null)
            {
                (Vector128<long> low, Vector128<long> high) = Vector128.Widen(best);
                (low + Vector128.Create(offset)).Store(indices + ox);
                (high + Vector128.Create(offset)).Store(indices + ox + 2);
            }
        }

        return inner.End;
    }

    /// <summary>Where a value takes the place of a maximum: it is greater, or the first NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Exceeds(Vector128<float> value, Vector128<float> maximum) =>
        ~Vector128.LessThanOrEqual(value, maximum) & Vector128.Equals(maximum, maximum);
}
