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
    // Elements whose sum is taken row by row, not pairwise.
    private const int Few = 128;

    /// <summary>y = mean of each window.</summary>
    public static void Forward<T>(in PoolingShape shape, bool countIncludePad, ReadOnlySpan<T> x, Span<T> y, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        shape.Require(x.Length, y.Length);
        fixed (T* px = x, py = y)
        {
            if (typeof(T) == typeof(float) && (long)shape.KernelHeight * shape.KernelWidth <= Few && new SeparablePooling(shape) is { Helps: true } plan)
                Separable(shape, plan, countIncludePad, (float*)px, (float*)py, workers);
            else
                workers.For(shape.Planes, new Job<T> { Shape = shape, IncludePad = countIncludePad, Image = px, Windows = py });
        }
    }

    private static void Separable(in PoolingShape shape, in SeparablePooling plan, bool countIncludePad, float* x, float* y, Workers workers)
    {
        using Scratch scratch = workers.Rent((workers.Threads * plan.Bytes) + ((long)shape.OutWidth * sizeof(float)));
        float* counts = (float*)(scratch.Pointer + (workers.Threads * plan.Bytes));
        for (int ox = 0; ox < shape.OutWidth; ox++)
            counts[ox] = ColumnCount(shape, countIncludePad, ox);
        workers.For(
            shape.Planes,
            new SeparablePoolingJob<SumFold, Job<float>> { Shape = shape, Plan = plan, X = x, Y = y, Scratch = scratch.Pointer, Counts = counts, IncludePad = countIncludePad });
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
        public PoolingShape Shape;
        public bool IncludePad;
        public bool Backward;
        public T* Image;
        public T* Windows;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int index, int participant)
        {
            T* image = Image + ((nint)index * Shape.InPlane);
            T* windows = Windows + ((nint)index * Shape.OutPlane);
            if (Backward)
                new Span<T>(image, Shape.InPlane).Clear();
            for (int oy = 0; oy < Shape.OutHeight; oy++, windows += Shape.OutWidth)
            {
                PoolingWindow rows = new(oy, Shape.StrideHeight, Shape.PadTop, Shape.DilationHeight, Shape.KernelHeight, Shape.InHeight);
                int rowCount = IncludePad
                    ? PoolingWindow.CountPadded(oy, Shape.StrideHeight, Shape.PadTop, Shape.PadBottom, Shape.DilationHeight, Shape.KernelHeight, Shape.InHeight)
                    : rows.Count(Shape.DilationHeight);
                Each(image, windows, rows, rowCount);
            }
        }

        private readonly bool IsFew => (long)Shape.KernelHeight * Shape.KernelWidth <= Few;

        /// <summary>Windows one by one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Each(T* image, T* windows, PoolingWindow rows, int rowCount)
        {
            for (int ox = 0; ox < Shape.OutWidth; ox++)
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
                T part = T.Zero;
                for (nint ix = begin; ix < end; ix += step)
                    part += row[ix];
                sum += part;
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
