using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>How often a window fits along an axis, known or symbolic.</summary>
internal static class WindowCount
{
    /// <summary>⌊(size + pads − dilation·(kernel − 1) − 1) / stride⌋ + 1. Rounded up, a last window that begins within the axis or the padding before it counts although it
    /// reaches beyond the padding.</summary>
    public static Dim Of(Dim size, int before, int after, Dim kernel, int stride, int dilation, bool ceil = false)
    {
        Dim room = Room(size, before, after, kernel, dilation);
        return ceil
            ? Dim.Min((room + Dim.OfNumber(stride - 1)).FloorDivide((long)stride) + 1, (size + Dim.OfNumber(before - 1)).FloorDivide((long)stride) + 1)
            : room.FloorDivide((long)stride) + 1;
    }

    /// <summary>The steps of one that a window can take: size + pads − dilation·(kernel − 1) − 1.</summary>
    public static Dim Room(Dim size, int before, int after, Dim kernel, int dilation) =>
        size + Dim.OfNumber((long)before + after - 1) - (dilation * (kernel - 1));

    /// <summary>How far the last window reaches beyond the padding; below zero where windows rounded up leave something of it, 0 where they are rounded down.</summary>
    public static Dim Beyond(Dim size, int before, int after, int kernel, int stride, int dilation, bool ceil) => ceil
        ? ((Of(size, before, after, kernel, stride, dilation, ceil) - 1) * stride) - Room(size, before, after, kernel, dilation)
        : 0;

    /// <summary>How far the last window reaches beyond the padding, at least 0; 0 where the sizes are not known.</summary>
    public static int Overhang(Dim size, int before, int after, int kernel, int stride, int dilation, bool ceil) =>
        Beyond(size, before, after, kernel, stride, dilation, ceil) is { IsStatic: true } beyond ? (int)Math.Max(0, beyond.Number) : 0;
}
