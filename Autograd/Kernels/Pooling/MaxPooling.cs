using System.Numerics;

namespace Toolkit.Autograd.Kernels;

/// <summary>2-D max pooling (ONNX MaxPool) with indices, and its gradient. T is float or double.</summary>
/// <remarks>
/// The maximum starts at the first position inside the image and is replaced by a strictly greater value only: ties keep the first
/// index. NaN counts as greater than any number, so the first NaN of a window is its maximum.
/// A window wholly in the padding gives −∞ and index −1.
/// </remarks>
internal static unsafe class MaxPooling
{
    /// <summary>y = maximum of each window; indices = its position in the flat input (n, c, h, w row-major), or an empty span.</summary>
    public static void Forward<T>(in PoolingShape shape, ReadOnlySpan<T> x, Span<T> y, Span<long> indices, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(x.Length, y.Length);
        if (!indices.IsEmpty && indices.Length < (long)shape.Planes * shape.OutPlane)
            throw new ArgumentException($"Pooling needs room for {(long)shape.Planes * shape.OutPlane} indices; there are {indices.Length}.", nameof(indices));
        fixed (T* px = x, py = y)
        fixed (long* pi = indices)
            workers.For(shape.Planes, new ForwardJob<T> { Shape = shape, X = px, Y = py, Indices = pi });
    }

    /// <summary>dx = 0, then dx[indices[i]] += dy[i] for every output.</summary>
    public static void Gradient<T>(in PoolingShape shape, ReadOnlySpan<T> dy, ReadOnlySpan<long> indices, Span<T> dx, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(dx.Length, dy.Length);
        if (indices.Length < (long)shape.Planes * shape.OutPlane)
            throw new ArgumentException($"Pooling needs {(long)shape.Planes * shape.OutPlane} indices; there are {indices.Length}.", nameof(indices));
        fixed (T* px = dx, py = dy)
        fixed (long* pi = indices)
            workers.For(shape.Planes, new GradientJob<T> { Shape = shape, Dx = px, Dy = py, Indices = pi });
    }

    private struct ForwardJob<T> : IJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public PoolingShape Shape;
        public T* X;
        public T* Y;
        public long* Indices;

        public readonly void Execute(int index, int participant)
        {
            T* x = X + ((nint)index * Shape.InPlane);
            long offset = (long)index * Shape.InPlane;
            T* y = Y + ((nint)index * Shape.OutPlane);
            long* indices = Indices is null ? null : Indices + ((nint)index * Shape.OutPlane);
            for (int oy = 0; oy < Shape.OutHeight; oy++)
            {
                PoolingWindow rows = new(oy, Shape.StrideHeight, Shape.PadTop, Shape.DilationHeight, Shape.KernelHeight, Shape.InHeight);
                int ox = 0;
                if (typeof(T) == typeof(float))
                {
                    ox = indices is null ? MaxPoolingRow.Values(Shape, rows, (float*)x, (float*)y) : 0;
                    if (ox == 0)
                        ox = MaxPoolingRow.Run(Shape, rows, (float*)x, (float*)y, indices, offset);
                    y += ox;
                    indices = indices is null ? null : indices + ox;
                }

                for (; ox < Shape.OutWidth; ox++)
                {
                    PoolingWindow columns = new(ox, Shape.StrideWidth, Shape.PadLeft, Shape.DilationWidth, Shape.KernelWidth, Shape.InWidth);
                    long best = -1;
                    T maximum = T.NegativeInfinity;
                    for (long iy = rows.Begin; iy < rows.End; iy += Shape.DilationHeight)
                    {
                        for (long ix = columns.Begin; ix < columns.End; ix += Shape.DilationWidth)
                        {
                            long position = (iy * Shape.InWidth) + ix;
                            T value = x[position];
                            if (best < 0 || (!(value <= maximum) && !T.IsNaN(maximum)))
                                (best, maximum) = (position, value);
                        }
                    }

                    *y++ = maximum;
                    if (indices is not null)
                        *indices++ = best < 0 ? -1 : offset + best;
                }
            }
        }
    }

    private struct GradientJob<T> : IJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public PoolingShape Shape;
        public T* Dx;
        public T* Dy;
        public long* Indices;

        public readonly void Execute(int index, int participant)
        {
            long offset = (long)index * Shape.InPlane;
            Span<T> dx = new(Dx + offset, Shape.InPlane);
            dx.Clear();
            T* dy = Dy + ((nint)index * Shape.OutPlane);
            long* indices = Indices + ((nint)index * Shape.OutPlane);
            for (int i = 0; i < Shape.OutPlane; i++)
            {
                if (indices[i] >= 0)
                    dx[checked((int)(indices[i] - offset))] += dy[i];
            }
        }
    }
}
