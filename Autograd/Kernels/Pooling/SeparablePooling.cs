namespace Toolkit.Autograd.Kernels;

/// <summary>
/// How planes are pooled by rows, then by columns, in single precision: k + k places of each window are read instead of k · k. All rows of a band lie one behind the other, padding
/// between them, so that one long run of vectors takes the windows of all.
/// </summary>
internal readonly struct SeparablePooling
{
    // A band, its results and a plane's output stay in the cache.
    private const long Band = 1 << 14, LargestBand = 1 << 16;

    // Longer windows gain nothing from vectors that many times over.
    private const int LongestSide = 64;

    // What a vector may write behind the last row.
    private const int Slack = 32;

    /// <summary>Plans the passes.</summary>
    public SeparablePooling(in PoolingShape shape)
    {
        long reach = (shape.KernelWidth - 1L) * shape.DilationWidth, rows = ((shape.KernelHeight - 1L) * shape.DilationHeight) + 1;
        long right = ((shape.OutWidth - 1L) * shape.StrideWidth) + reach - shape.PadLeft - (shape.InWidth - 1L);
        Copies = shape.PadLeft > 0 || right > 0 || shape.InWidth % shape.StrideWidth != 0;
        long pitch = shape.InWidth + (Copies ? Math.Max(shape.PadLeft, right) : 0);
        pitch += pitch % shape.StrideWidth;
        Helps = shape.StrideWidth <= 2 && shape.StrideHeight <= rows && shape.OutWidth >= 4 && shape.KernelHeight <= LongestSide && shape.KernelWidth <= LongestSide
            && rows <= LargestBand && pitch <= LargestBand && rows * pitch <= LargestBand && (shape.OutWidth - 1L) * shape.StrideWidth < pitch && shape.InPlane > 0;
        if (!Helps)
            return;
        Pitch = (int)pitch;
        OutRows = (int)Math.Max(1, (((Band / pitch) - rows) / shape.StrideHeight) + 1);
        rows += (OutRows - 1L) * shape.StrideHeight;
        Elements = (((int)Math.Min(rows, shape.InHeight) * Pitch) + shape.PadLeft + Slack + 15) & ~15;
    }

    /// <summary>Gets whether the sizes allow it.</summary>
    public bool Helps { get; }

    /// <summary>Gets whether rows are copied with padding beside them.</summary>
    public bool Copies { get; }

    /// <summary>Gets the elements from one row to the next.</summary>
    public int Pitch { get; }

    /// <summary>Gets the rows of the output that a band gives.</summary>
    public int OutRows { get; }

    /// <summary>Gets the room of a band's copy, and of the results of its rows.</summary>
    public int Elements { get; }

    /// <summary>Gets the scratch memory of a thread.</summary>
    public long Bytes => 2L * Elements * sizeof(float);
}
