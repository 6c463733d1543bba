using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>The windows of one row of average pooling in single precision that lie inside the image, four or eight at a time, for strides of 1 and 2. Each window's sum is taken in the order of its elements.</summary>
internal static unsafe class AveragePoolingRow
{
    /// <summary>Computes windows from the first on, as many as it can, and returns the one behind the last; the rest is left to the caller.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="rows">The rows of the windows.</param>
    /// <param name="inner">The windows whose columns all lie inside the image.</param>
    /// <param name="x">The plane.</param>
    /// <param name="readable">The elements from the plane's first on that may be read: those of the planes behind it as well.</param>
    /// <param name="count">What sums are divided by, or the rows of that where <paramref name="columns"/> are given; above 0.</param>
    /// <param name="columns">The columns of what the sum of each window is divided by, or null; 0 counts as a window of one element.</param>
    /// <param name="y">Receives the means of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Run(in PoolingShape shape, in PoolingWindow rows, (int First, int End) inner, float* x, long readable, float count, float* columns, float* y)
    {
        int stride = shape.StrideWidth, lanes = inner.End - inner.First >= 8 ? 8 : 4;
        if (stride > 2 || inner.End - inner.First < lanes || rows.Begin >= rows.End)
            return inner.First;

        // As many windows read as many strides from their first column; what lies beyond the last plane belongs to somebody else.
        long lastRow = (rows.End - 1L) * shape.InWidth, reach = (shape.KernelWidth - 1L) * shape.DilationWidth;
        for (int done = inner.First; done < inner.End; done += lanes)
        {
            // The last ones overlap those before: equal windows give equal results.
            int ox = Math.Min(done, inner.End - lanes);
            int first = (ox * stride) - shape.PadLeft;
            if (lastRow + first + reach + (lanes * stride) > readable)
                return done;
            if (lanes == 8)
                (Sum<Vector256<float>, Simd256<float>, Eight>(shape, rows, x + first) / Divisor(columns is null ? Vector256<float>.One : Vector256.Load(columns + ox), count)).Store(y + ox);
            else
                (Sum<Vector128<float>, Simd128<float>, Four>(shape, rows, x + first) / Divisor(columns is null ? Vector128<float>.One : Vector128.Load(columns + ox), count)).Store(y + ox);
        }

        return inner.End;
    }

    private static Vector256<float> Divisor(Vector256<float> columns, float count) => Vector256.Max(columns * count, Vector256<float>.One);

    private static Vector128<float> Divisor(Vector128<float> columns, float count) => Vector128.Max(columns * count, Vector128<float>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum<TVector, TSimd, TWindows>(in PoolingShape shape, in PoolingWindow rows, float* x)
        where TVector : struct
        where TSimd : struct, ISimd<float, TVector>
        where TWindows : struct, IWindows<TVector>
    {
        TVector sum = TSimd.Zero;
        int width = shape.KernelWidth, step = shape.DilationWidth;
        float* end = x + ((nint)rows.End * shape.InWidth);
        nint down = (nint)shape.DilationHeight * shape.InWidth;
        x += (nint)rows.Begin * shape.InWidth;
        if (shape.StrideWidth == 1)
        {
            for (; x < end; x += down)
            {
                float* at = x;
                for (int kx = 0; kx < width; kx++, at += step)
                    sum = TSimd.Add(sum, TSimd.Load(at));
            }
        }
        else
        {
            for (; x < end; x += down)
            {
                float* at = x;
                for (int kx = 0; kx < width; kx++, at += step)
                    sum = TSimd.Add(sum, TWindows.Even(at));
            }
        }

        return sum;
    }
}
