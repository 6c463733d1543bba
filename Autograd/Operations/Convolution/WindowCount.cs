using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>How often a window fits along an axis, known or symbolic.</summary>
internal static class WindowCount
{
    /// <summary>⌊(size + pads − dilation·(kernel − 1) − 1) / stride⌋ + 1. Rounded up, a last window that begins within the axis or the padding before it counts although it
    /// reaches beyond the padding.</summary>
    public static Dim Of(Dim size, int before, int after, int kernel, int stride, int dilation, bool ceil = false)
    {
        Dim room = Room(size, before, after, kernel, dilation);
        return ceil
            ? Dim.Min((room + Dim.OfNumber(stride - 1)).FloorDivide((long)stride) + 1, (size + Dim.OfNumber(before - 1)).FloorDivide((long)stride) + 1)
            : room.FloorDivide((long)stride) + 1;
    }

    /// <summary>The steps of one that a window can take: size + pads − dilation·(kernel − 1) − 1.</summary>
    public static Dim Room(Dim size, int before, int after, int kernel, int dilation) =>
        size + Dim.OfNumber((long)before + after - ((long)dilation * (kernel - 1)) - 1);

    /// <summary>How far the last window reaches beyond the padding; 0 where the sizes are not known.</summary>
    public static int Overhang(Dim size, int before, int after, int kernel, int stride, int dilation, bool ceil)
    {
        Dim room = Room(size, before, after, kernel, dilation);
        return ceil && room.IsStatic
            ? (int)Math.Max(0, ((Of(size, before, after, kernel, stride, dilation, ceil).Number - 1) * stride) - room.Number)
            : 0;
    }
}
