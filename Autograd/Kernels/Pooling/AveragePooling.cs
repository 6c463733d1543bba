using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>2-D average pooling (ONNX AveragePool) and its gradient. T is float or double.</summary>
/// <remarks>
/// The divisor is the number of positions of the window inside the image or, with <c>countIncludePad</c>, inside the padded image;
/// what a window of ceil_mode has beyond the padding never counts. A window without any position gives 0.
/// </remarks>
internal static unsafe class AveragePooling
{
    /// <summary>y = mean of each window.</summary>
    public static void Forward<T>(in PoolingShape shape, bool countIncludePad, ReadOnlySpan<T> x, Span<T> y, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(x.Length, y.Length);
        PaddedRows padded = typeof(T) == typeof(float) ? new(shape) : default;
        using Scratch scratch = workers.Rent(padded.Helps ? (workers.Threads * padded.Bytes) + (shape.OutWidth * sizeof(float)) : 0);
        float* counts = padded.Helps ? (float*)(scratch.Pointer + (workers.Threads * padded.Bytes)) : null;
        for (int ox = 0; padded.Helps && ox < shape.OutWidth; ox++)
            counts[ox] = ColumnCount(shape, countIncludePad, ox);
        fixed (T* px = x, py = y)
            workers.For(shape.Planes, new Job<T> { Shape = shape, IncludePad = countIncludePad, Image = px, Windows = py, Padded = padded, Scratch = scratch.Pointer, Counts = counts });
    }

    /// <summary>dx = each output's gradient, divided by its count, added to the positions of its window.</summary>
    public static void Gradient<T>(in PoolingShape shape, bool countIncludePad, ReadOnlySpan<T> dy, Span<T> dx, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(dx.Length, dy.Length);
        fixed (T* px = dx, py = dy)
            workers.For(shape.Planes, new Job<T> { Shape = shape, IncludePad = countIncludePad, Image = px, Windows = py, Backward = true });
    }

    private static int ColumnCount(in PoolingShape shape, bool includePad, int ox) => includePad
        ? PoolingWindow.CountPadded(ox, shape.StrideWidth, shape.PadLeft, shape.PadRight, shape.DilationWidth, shape.KernelWidth, shape.InWidth)
        : new PoolingWindow(ox, shape.StrideWidth, shape.PadLeft, shape.DilationWidth, shape.KernelWidth, shape.InWidth).Count(shape.DilationWidth);

    private struct Job<T> : IJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Elements that are added one after the other.
        private const int Few = 128;

        public PoolingShape Shape;
        public bool IncludePad;
        public bool Backward;
        public T* Image;
        public T* Windows;
        public PaddedRows Padded;
        public byte* Scratch;
        public float* Counts;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int index, int participant)
        {
            T* image = Image + ((nint)index * Shape.InPlane);
            T* windows = Windows + ((nint)index * Shape.OutPlane);
            if (Backward)
                new Span<T>(image, Shape.InPlane).Clear();
            long readable = (long)(Shape.Planes - index) * Shape.InPlane;
            (int First, int End) inner = Padded.Helps ? (0, Shape.OutWidth) : Shape.InnerColumns;
            float* copy = (float*)(Scratch + (Padded.Helps ? participant * Padded.Bytes : 0));
            if (Padded.Helps)
                Padded.Fill((float*)image, copy, 0);
            for (int oy = 0; oy < Shape.OutHeight; oy++, windows += Shape.OutWidth)
            {
                PoolingWindow rows = new(oy, Shape.StrideHeight, Shape.PadTop, Shape.DilationHeight, Shape.KernelHeight, Shape.InHeight);
                int rowCount = IncludePad
                    ? PoolingWindow.CountPadded(oy, Shape.StrideHeight, Shape.PadTop, Shape.PadBottom, Shape.DilationHeight, Shape.KernelHeight, Shape.InHeight)
                    : rows.Count(Shape.DilationHeight);
                int done = inner.First;
                if (typeof(T) == typeof(float) && !Backward && IsFew)
                {
                    done = Padded.Helps
                        ? AveragePoolingRow.Run(Padded.Shape, rows, inner, copy, Padded.Elements, rowCount, Counts, (float*)windows)
                        : AveragePoolingRow.Run(Shape, rows, inner, (float*)image, readable, (float)((long)rowCount * Shape.KernelWidth), null, (float*)windows);
                }

                if (inner.First > 0)
                    Each(image, windows, rows, rowCount, 0, inner.First);
                if (done < Shape.OutWidth)
                    Each(image, windows, rows, rowCount, done, Shape.OutWidth);
            }
        }

        private readonly bool IsFew => (long)Shape.KernelHeight * Shape.KernelWidth <= Few;

        /// <summary>Windows one by one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Each(T* image, T* windows, PoolingWindow rows, int rowCount, int first, int end)
        {
            for (int ox = first; ox < end; ox++)
            {
                PoolingWindow columns = new(ox, Shape.StrideWidth, Shape.PadLeft, Shape.DilationWidth, Shape.KernelWidth, Shape.InWidth);
                T count = T.CreateChecked(Math.Max(1, (long)rowCount * ColumnCount(Shape, IncludePad, ox)));
                if (Backward)
                    Spread(image, rows, columns, windows[ox] / count);
                else
                    windows[ox] = Sum(image, rows, columns) / count;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly T Sum(T* image, PoolingWindow rows, PoolingWindow columns)
        {
            if (!IsFew)
                return LongSum(image, rows, columns);
            T sum = T.Zero;
            nint step = Shape.DilationWidth, begin = columns.Begin, end = columns.End, width = Shape.InWidth, down = Shape.DilationHeight;
            for (nint iy = rows.Begin; iy < rows.End; iy += down)
            {
                T* row = image + (iy * width);
                for (nint ix = begin; ix < end; ix += step)
                    sum += row[ix];
            }

            return sum;
        }

        /// <summary>Runs of a few elements of a row, joined pairwise.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly T LongSum(T* image, PoolingWindow rows, PoolingWindow columns)
        {
            Cascade<T, SumReducer<T>> cascade = default;
            for (long iy = rows.Begin; iy < rows.End; iy += Shape.DilationHeight)
            {
                for (long begin = columns.Begin; begin < columns.End;)
                {
                    long end = Math.Min(columns.End, begin + ((long)Few * Shape.DilationWidth));
                    T sum = T.Zero;
                    for (; begin < end; begin += Shape.DilationWidth)
                        sum += image[(iy * Shape.InWidth) + begin];
                    cascade.Add(sum);
                }
            }

            return cascade.Total();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Spread(T* image, PoolingWindow rows, PoolingWindow columns, T value)
        {
            for (long iy = rows.Begin; iy < rows.End; iy += Shape.DilationHeight)
            {
                for (long ix = columns.Begin; ix < columns.End; ix += Shape.DilationWidth)
                    image[(iy * Shape.InWidth) + ix] += value;
            }
        }
    }
}
