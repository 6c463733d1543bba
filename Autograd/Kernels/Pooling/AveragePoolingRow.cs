using System.Runtime.Intrinsics;
using OfEight = Toolkit.Autograd.Kernels.WindowFold<System.Runtime.Intrinsics.Vector256<float>, Toolkit.Autograd.Kernels.Simd256<float>, Toolkit.Autograd.Kernels.Eight, Toolkit.Autograd.Kernels.Total<System.Runtime.Intrinsics.Vector256<float>, Toolkit.Autograd.Kernels.Simd256<float>>>;
using OfFour = Toolkit.Autograd.Kernels.WindowFold<System.Runtime.Intrinsics.Vector128<float>, Toolkit.Autograd.Kernels.Simd128<float>, Toolkit.Autograd.Kernels.Four, Toolkit.Autograd.Kernels.Total<System.Runtime.Intrinsics.Vector128<float>, Toolkit.Autograd.Kernels.Simd128<float>>>;

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
    public static int Run(in PoolingShape shape, in PoolingWindow rows, (int First, int End) inner, float* x, long readable, float count, float* columns, float* y)
    {
        int stride = shape.StrideWidth, lanes = inner.End - inner.First >= 8 ? 8 : 4;
        if (stride > 2 || inner.End - inner.First < lanes || rows.Begin >= rows.End)
            return inner.First;

        // As many windows read as many strides from their first column; what lies beyond the last plane belongs to somebody else.
        long lastRow = (rows.End - 1L) * shape.InWidth, reach = (shape.KernelWidth - 1L) * shape.DilationWidth;
        for (int done = inner.First; done < inner.End;)
        {
            // The last ones overlap those before: equal windows give equal results.
            bool several = lanes == 8 && inner.End - done >= 4 * lanes;
            int group = several ? 4 * lanes : lanes, ox = Math.Min(done, inner.End - group);
            int first = (ox * stride) - shape.PadLeft;
            if (lastRow + first + reach + (group * stride) > readable)
                return done;
            if (several)
                OfEight.Several(shape, rows, x + first, y + ox);
            else if (lanes == 8)
                OfEight.One(shape, rows, x + first).Store(y + ox);
            else
                OfFour.One(shape, rows, x + first).Store(y + ox);
            for (int i = ox; i < ox + group; i += lanes)
            {
                if (lanes == 8)
                    (Vector256.Load(y + i) / Divisor(columns is null ? Vector256<float>.One : Vector256.Load(columns + i), count)).Store(y + i);
                else
                    (Vector128.Load(y + i) / Divisor(columns is null ? Vector128<float>.One : Vector128.Load(columns + i), count)).Store(y + i);
            }

            done += group;
        }

        return inner.End;
    }

    private static Vector256<float> Divisor(Vector256<float> columns, float count) => Vector256.Max(columns * count, Vector256<float>.One);

    private static Vector128<float> Divisor(Vector128<float> columns, float count) => Vector128.Max(columns * count, Vector128<float>.One);
}
