using System.Numerics;

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
        fixed (T* px = x, py = y)
            workers.For(shape.Planes, new Job<T> { Shape = shape, IncludePad = countIncludePad, Image = px, Windows = py });
    }

    /// <summary>dx = each output's gradient, divided by its count, added to the positions of its window.</summary>
    public static void Gradient<T>(in PoolingShape shape, bool countIncludePad, ReadOnlySpan<T> dy, Span<T> dx, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(dx.Length, dy.Length);
        fixed (T* px = dx, py = dy)
            workers.For(shape.Planes, new Job<T> { Shape = shape, IncludePad = countIncludePad, Image = px, Windows = py, Backward = true });
    }

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

        public readonly void Execute(int index, int participant)
        {
            T* image = Image + ((nint)index * Shape.InPlane);
            T* windows = Windows + ((nint)index * Shape.OutPlane);
            if (Backward)
                new Span<T>(image, Shape.InPlane).Clear();
            long readable = (long)(Shape.Planes - index) * Shape.InPlane;
            (int First, int End) inner = Shape.InnerColumns;
            for (int oy = 0; oy < Shape.OutHeight; oy++, windows += Shape.OutWidth)
            {
                PoolingWindow rows = new(oy, Shape.StrideHeight, Shape.PadTop, Shape.DilationHeight, Shape.KernelHeight, Shape.InHeight);
                int rowCount = IncludePad
                    ? PoolingWindow.CountPadded(oy, Shape.StrideHeight, Shape.PadTop, Shape.PadBottom, Shape.DilationHeight, Shape.KernelHeight, Shape.InHeight)
                    : rows.Count(Shape.DilationHeight);
                int done = inner.First;
                if (typeof(T) == typeof(float) && !Backward && IsFew)
                {
                    float count = Math.Max(1, (long)rowCount * Shape.KernelWidth);
                    done = AveragePoolingRow.Run(Shape, rows, inner, (float*)image, readable, count, (float*)windows);
                }

                Each(image, windows, rows, rowCount, 0, inner.First);
                Each(image, windows, rows, rowCount, done, Shape.OutWidth);
            }
        }

        private readonly bool IsFew => (long)Shape.KernelHeight * Shape.KernelWidth <= Few;

        /// <summary>Windows one by one.</summary>
        private readonly void Each(T* image, T* windows, PoolingWindow rows, int rowCount, int first, int end)
        {
            for (int ox = first; ox < end; ox++)
            {
                PoolingWindow columns = new(ox, Shape.StrideWidth, Shape.PadLeft, Shape.DilationWidth, Shape.KernelWidth, Shape.InWidth);
                int columnCount = IncludePad
                    ? PoolingWindow.CountPadded(ox, Shape.StrideWidth, Shape.PadLeft, Shape.PadRight, Shape.DilationWidth, Shape.KernelWidth, Shape.InWidth)
                    : columns.Count(Shape.DilationWidth);
                T count = T.CreateChecked(Math.Max(1, (long)rowCount * columnCount));
                if (Backward)
                    Spread(image, rows, columns, windows[ox] / count);
                else
                    windows[ox] = Sum(image, rows, columns) / count;
            }
        }

        private readonly T Sum(T* image, PoolingWindow rows, PoolingWindow columns)
        {
            if (!IsFew)
                return LongSum(image, rows, columns);
            T sum = T.Zero;
            for (long iy = rows.Begin; iy < rows.End; iy += Shape.DilationHeight)
            {
                for (long ix = columns.Begin; ix < columns.End; ix += Shape.DilationWidth)
                    sum += image[(iy * Shape.InWidth) + ix];
            }

            return sum;
        }

        /// <summary>Runs of a few elements of a row, joined pairwise.</summary>
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
