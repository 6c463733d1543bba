namespace Toolkit.Autograd.Kernels;

/// <summary>The positions of one window along one axis that lie inside the image: Begin, Begin + dilation, ... below End.</summary>
internal readonly struct PoolingWindow
{
    /// <summary>Places a window; both ends are 0 where no position lies inside.</summary>
    public PoolingWindow(int output, int stride, int pad, int dilation, int kernel, int size)
    {
        long start = ((long)output * stride) - pad, end = Math.Min(start + ((long)dilation * (kernel - 1)) + 1, size);

        // Divisions only where elements are apart: windows at the edges are many where images are small.
        long begin = start >= 0 ? start : dilation == 1 ? 0 : start + ((-start + dilation - 1) / dilation * dilation);
        (Begin, End) = begin < end ? ((int)begin, (int)end) : (0, 0);
    }

    public int Begin { get; }

    public int End { get; }

    /// <summary>Positions that count when padding is included: those of the window between the edges of the padded image.</summary>
    public static int CountPadded(int output, int stride, int pad, int padEnd, int dilation, int kernel, int size)
    {
        long start = ((long)output * stride) - pad, end = Math.Min(start + ((long)dilation * (kernel - 1)) + 1, (long)size + padEnd);
        return (int)Math.Max(0, dilation == 1 ? end - start : (end - start + dilation - 1) / dilation);
    }

    /// <summary>Positions inside the image.</summary>
    public int Count(int dilation) => dilation == 1 ? End - Begin : (int)(((long)End - Begin + dilation - 1) / dilation);
}
