using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>What a window of pooling makes of its elements, one after the other.</summary>
internal interface IWindowFold<TVector>
{
    /// <summary>What a window without elements gives.</summary>
    static abstract TVector Start { get; }

    /// <summary>Takes in an element of each window.</summary>
    static abstract TVector Join(TVector result, TVector value);
}

/// <summary>The greatest element, or the first NaN.</summary>
internal readonly struct Greatest<TVector, TSimd, TWindows> : IWindowFold<TVector>
    where TVector : struct
    where TSimd : struct, ISimd<float, TVector>
    where TWindows : struct, IWindows<TVector>
{
    public static TVector Start => TSimd.Broadcast(float.NegativeInfinity);

    public static TVector Join(TVector result, TVector value) => TWindows.Greater(value, result);
}

/// <summary>The sum of the elements.</summary>
internal readonly struct Total<TVector, TSimd> : IWindowFold<TVector>
    where TVector : struct
    where TSimd : struct, ISimd<float, TVector>
{
    public static TVector Start => TSimd.Zero;

    public static TVector Join(TVector result, TVector value) => TSimd.Add(result, value);
}

/// <summary>Windows of one row of pooling that stand side by side, for strides of 1 and 2: each takes its elements in the order of the image.</summary>
internal static unsafe class WindowFold<TVector, TSimd, TWindows, TFold>
    where TVector : struct
    where TSimd : struct, ISimd<float, TVector>
    where TWindows : struct, IWindows<TVector>
    where TFold : struct, IWindowFold<TVector>
{
    /// <summary>A vector of windows, the first of which begins at <paramref name="x"/> in the plane's first row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector One(in PoolingShape shape, in PoolingWindow rows, float* x)
    {
        TVector result = TFold.Start;
        int width = shape.KernelWidth, step = shape.DilationWidth, stride = shape.StrideWidth;
        nint down = (nint)shape.DilationHeight * shape.InWidth;
        float* end = x + ((nint)rows.End * shape.InWidth);
        for (x += (nint)rows.Begin * shape.InWidth; x < end; x += down)
        {
            float* at = x;
            for (int kx = 0; kx < width; kx++, at += step)
                result = TFold.Join(result, Read(at, stride));
        }

        return result;
    }

    /// <summary>Four vectors of windows, whose results go to <paramref name="results"/>: while one waits for its last element, the others go on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Several(in PoolingShape shape, in PoolingWindow rows, float* x, float* results)
    {
        TVector first = TFold.Start, second = first, third = first, fourth = first;
        int width = shape.KernelWidth, step = shape.DilationWidth, stride = shape.StrideWidth;
        nint down = (nint)shape.DilationHeight * shape.InWidth, next = (nint)TSimd.Count * stride;
        float* end = x + ((nint)rows.End * shape.InWidth);
        for (x += (nint)rows.Begin * shape.InWidth; x < end; x += down)
        {
            float* at = x;
            for (int kx = 0; kx < width; kx++, at += step)
            {
                first = TFold.Join(first, Read(at, stride));
                second = TFold.Join(second, Read(at + next, stride));
                third = TFold.Join(third, Read(at + (2 * next), stride));
                fourth = TFold.Join(fourth, Read(at + (3 * next), stride));
            }
        }

        TSimd.Store(first, results);
        TSimd.Store(second, results + TSimd.Count);
        TSimd.Store(third, results + (2 * TSimd.Count));
        TSimd.Store(fourth, results + (3 * TSimd.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Read(float* at, int stride) => stride == 1 ? TSimd.Load(at) : TWindows.Even(at);
}
