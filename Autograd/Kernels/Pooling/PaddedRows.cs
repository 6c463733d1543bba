using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>A plane of pooling whose rows are copied with the padding beside them: at the edges of a small image windows one by one would take most of the time.</summary>
internal readonly unsafe struct PaddedRows
{
    // What vectors of eight windows two apart read beyond the last one.
    private const int Slack = 32;

    // A copy stays in the cache.
    private const long Largest = 1 << 18;

    /// <summary>Sizes the copy.</summary>
    public PaddedRows(in PoolingShape shape)
    {
        long reach = (shape.KernelWidth - 1L) * shape.DilationWidth;
        long width = Math.Max(shape.PadLeft + (long)shape.InWidth, ((shape.OutWidth - 1L) * shape.StrideWidth) + reach + 1);
        (int first, int end) = shape.InnerColumns;
        long edges = first + (long)shape.OutWidth - end;
        Helps = edges * 32 > shape.OutWidth && shape.StrideWidth <= 2 && shape.OutWidth >= 4 && (width * shape.InHeight) + Slack <= Largest;
        if (!Helps)
            return;
        Pad = shape.PadLeft;
        From = shape.InWidth;
        Shape = shape with { InWidth = (int)width, PadLeft = 0, PadRight = 0 };
    }

    /// <summary>Gets whether there are many windows over the edges, which can be computed side by side.</summary>
    public bool Helps { get; }

    /// <summary>Gets the sizes of the copy.</summary>
    public PoolingShape Shape { get; }

    /// <summary>Gets the elements of the copy.</summary>
    public long Elements => ((long)Shape.InHeight * Shape.InWidth) + Slack;

    /// <summary>Gets the room of the copy, a multiple of 64.</summary>
    public nint Bytes => (nint)((Elements * sizeof(float)) + 63) & ~63;

    private int Pad { get; }

    private int From { get; }

    /// <summary>Copies a plane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(float* plane, float* copy, float padding)
    {
        int width = Shape.InWidth;
        for (int row = 0; row < Shape.InHeight; row++, plane += From, copy += width)
        {
            // A few numbers: calls would cost more.
            for (int i = 0; i < Pad; i++)
                copy[i] = padding;
            new ReadOnlySpan<float>(plane, From).CopyTo(new Span<float>(copy + Pad, From));
            for (int i = Pad + From; i < width; i++)
                copy[i] = padding;
        }

        new Span<float>(copy, Slack).Fill(padding);
    }
}
