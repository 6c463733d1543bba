using System.Numerics;
using System.Runtime.CompilerServices;

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
        {
            if (typeof(T) == typeof(float) && indices.IsEmpty && new SeparablePooling(shape) is { Helps: true } plan)
                Separable(shape, plan, (float*)px, (float*)py, workers);
            else
                workers.For(shape.Planes, new ForwardJob<T> { Shape = shape, X = px, Y = py, Indices = pi });
        }
    }

    private static void Separable(in PoolingShape shape, in SeparablePooling plan, float* x, float* y, Workers workers)
    {
        using Scratch scratch = workers.Rent(workers.Threads * plan.Bytes);
        SeparablePoolingJob<MaxFold, ForwardJob<float>> job = new()
        {
            Shape = shape,
            Plan = plan,
            X = x,
            Y = y,
            Scratch = scratch.Pointer,
            Careful = new ForwardJob<float> { Shape = shape, X = x, Y = y },
        };
        workers.For(shape.Planes, job);
    }

    /// <summary>dx = 0, then dx[place of the maximum of window i] += dy[i] for every output.</summary>
    public static void Gradient<T>(in PoolingShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dx, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(Math.Min(x.Length, dx.Length), dy.Length);
        if (typeof(T) == typeof(float) && SquarePoolGradient.Handles(shape))
        {
            fixed (T* px = x, py = dy, pd = dx)
                workers.For(shape.Planes, new SquarePoolGradient { Shape = shape, X = (float*)px, Dx = (float*)pd, Dy = (float*)py });
            return;
        }

        using Scratch scratch = workers.Rent(workers.Threads * PlaneJob<T>.ScratchBytes(shape));
        fixed (T* px = x, py = dy, pd = dx)
            workers.For(shape.Planes, new PlaneJob<T> { Shape = shape, X = px, Dx = pd, Dy = py, Scratch = scratch.Pointer });
    }

    private struct ForwardJob<T> : IJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public PoolingShape Shape;
        public T* X;
        public T* Y;
        public long* Indices;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int index, int participant)
        {
            T* x = X + ((nint)index * Shape.InPlane);
            long offset = (long)index * Shape.InPlane;
            long readable = (long)(Shape.Planes - index) * Shape.InPlane;
            T* y = Y + ((nint)index * Shape.OutPlane);
            long* indices = Indices is null ? null : Indices + ((nint)index * Shape.OutPlane);
            (int First, int End) inner = Shape.InnerColumns;
            for (int oy = 0; oy < Shape.OutHeight; oy++, y += Shape.OutWidth, indices = indices is null ? null : indices + Shape.OutWidth)
            {
                PoolingWindow rows = new(oy, Shape.StrideHeight, Shape.PadTop, Shape.DilationHeight, Shape.KernelHeight, Shape.InHeight);
                int done = inner.First;
                if (typeof(T) == typeof(float))
                    done = MaxPoolingRow.Run(Shape, rows, inner, (float*)x, readable, (float*)y, indices, offset);
                if (inner.First > 0)
                    Windows(rows, 0, inner.First, x, y, indices, offset);
                if (done < Shape.OutWidth)
                    Windows(rows, done, Shape.OutWidth, x, y, indices, offset);
            }
        }

        /// <summary>Windows one by one: at the edges of the image, and where there is no faster way.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Windows(in PoolingWindow rows, int first, int last, T* x, T* y, long* indices, long offset)
        {
            nint step = Shape.DilationWidth, width = Shape.InWidth, down = Shape.DilationHeight;
            for (int ox = first; ox < last; ox++)
            {
                PoolingWindow columns = new(ox, Shape.StrideWidth, Shape.PadLeft, Shape.DilationWidth, Shape.KernelWidth, Shape.InWidth);
                long best = -1;
                T maximum = T.NegativeInfinity;
                for (nint iy = rows.Begin; iy < rows.End; iy += down)
                {
                    nint position = (iy * width) + columns.Begin;
                    for (nint end = position + columns.End - columns.Begin; position < end; position += step)
                    {
                        T value = x[position];
                        if (best < 0 || (!(value <= maximum) && !T.IsNaN(maximum)))
                            (best, maximum) = (position, value);
                    }
                }

                y[ox] = maximum;
                if (indices is not null)
                    indices[ox] = best < 0 ? -1 : offset + best;
            }
        }
    }

    /// <summary>The gradient of one plane, whose places are found first.</summary>
    private struct PlaneJob<T> : IJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public PoolingShape Shape;
        public T* X;
        public T* Dx;
        public T* Dy;
        public byte* Scratch;

        /// <summary>Room for the places and the values of a plane.</summary>
        public static nint ScratchBytes(in PoolingShape shape) => (((nint)shape.OutPlane * (sizeof(long) + sizeof(T))) + 63) & ~63;

        public readonly void Execute(int index, int participant)
        {
            long* places = (long*)(Scratch + (participant * ScratchBytes(Shape)));
            nint inside = (nint)index * Shape.InPlane, outside = (nint)index * Shape.OutPlane;
            new ForwardJob<T> { Shape = Shape with { Planes = 1 }, X = X + inside, Y = (T*)(places + Shape.OutPlane), Indices = places }.Execute(0, 0);
            new GradientJob<T> { Shape = Shape, Dx = Dx + inside, Dy = Dy + outside, Indices = places }.Execute(0, 0);
        }
    }

    private struct GradientJob<T> : IJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public PoolingShape Shape;
        public T* Dx;
        public T* Dy;
        public long* Indices;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
