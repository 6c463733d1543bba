namespace Toolkit.Autograd.Kernels;

/// <summary>The positions of one window along one axis that lie inside the image: Begin, Begin + dilation, ... below End.</summary>
internal readonly struct PoolingWindow
{
    public PoolingWindow(int output, int stride, int pad, int dilation, int kernel, int size)
    {
        int start = (output * stride) - pad;
        End = Math.Min(start + (dilation * (kernel - 1)) + 1, size);
        Begin = start < 0 ? start + ((-start + dilation - 1) / dilation * dilation) : start;
    }

    public int Begin { get; }

    public int End { get; }

    /// <summary>Positions that count when padding is included: those of the window between the edges of the padded image.</summary>
    public static int CountPadded(int output, int stride, int pad, int padEnd, int dilation, int kernel, int size)
    {
        int start = (output * stride) - pad;
        int end = Math.Min(start + (dilation * (kernel - 1)) + 1, size + padEnd);
        return Math.Max(0, (end - start + dilation - 1) / dilation);
    }

    /// <summary>Positions inside the image.</summary>
    public int Count(int dilation) => Math.Max(0, (End - Begin + dilation - 1) / dilation);
}
