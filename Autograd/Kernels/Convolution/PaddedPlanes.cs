namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The planes of one image with their padding written out. With stride 1 the element that kernel tap t meets at output (oy, ox) then lies at
/// oy·<see cref="Width"/> + ox plus a distance that depends on t alone, so that a row of the patch matrix is a view of the image, not a copy. So it does with a stride s along rows
/// that are written in s phases: first every s-th element from the first on, then from the second on, and so on.
/// </summary>
internal readonly unsafe struct PaddedPlanes
{
    private readonly ConvolutionShape shape;
    private readonly int phases;

    // Elements of one phase of a row.
    private readonly int phase;

    public PaddedPlanes(in ConvolutionShape shape, int phases = 1)
    {
        this.shape = shape;
        this.phases = phases;
        phase = (int)((shape.PaddedWidth + phases - 1) / phases);
        Width = phase * phases;
        Height = shape.InHeight + shape.PadTop + shape.PadBottom;
    }

    /// <summary>Gets the elements of a padded row.</summary>
    public int Width { get; }

    /// <summary>Gets the rows of a padded plane.</summary>
    public int Height { get; }

    /// <summary>Gets the elements of a number of padded planes, with room for a tile that reads beyond the last.</summary>
    public long Elements(int planes) => ((long)planes * Height * Width) + 128;

    /// <summary>Copies planes between their padding.</summary>
    public void Fill<T>(T* source, int planes, T* destination)
        where T : unmanaged
    {
        int width = shape.InWidth, height = shape.InHeight;
        for (int plane = 0; plane < planes; plane++)
        {
            new Span<T>(destination, shape.PadTop * Width).Clear();
            destination += shape.PadTop * Width;
            for (int y = 0; y < height; y++, source += width, destination += Width)
            {
                if (phases > 1)
                {
                    FillPhases(source, destination);
                    continue;
                }

                new Span<T>(destination, shape.PadLeft).Clear();
                new ReadOnlySpan<T>(source, width).CopyTo(new Span<T>(destination + shape.PadLeft, width));
                new Span<T>(destination + shape.PadLeft + width, shape.PadRight).Clear();
            }

            new Span<T>(destination, shape.PadBottom * Width).Clear();
            destination += shape.PadBottom * Width;
        }

        new Span<T>(destination, 128).Clear();
    }

    /// <summary>Writes the distance of each tap (plane, ky, kx) from the element it would meet without kernel offsets.</summary>
    public void Offsets(int planes, int* offsets)
    {
        for (int plane = 0; plane < planes; plane++)
        {
            for (int ky = 0; ky < shape.KernelHeight; ky++)
            {
                for (int kx = 0; kx < shape.KernelWidth; kx++)
                    *offsets++ = (((plane * Height) + (ky * shape.DilationHeight)) * Width) + Place(kx * shape.DilationWidth);
            }
        }
    }

    /// <summary>Writes where each output (oy, ox) begins in the padded plane.</summary>
    public void Pixels(int* offsets)
    {
        for (int y = 0; y < shape.OutHeight; y++)
        {
            for (int x = 0; x < shape.OutWidth; x++)
                *offsets++ = (y * shape.StrideHeight * Width) + (x * shape.StrideWidth);
        }
    }

    private int Place(int column) => (column % phases * phase) + (column / phases);

    private void FillPhases<T>(T* source, T* destination)
        where T : unmanaged
    {
        new Span<T>(destination, Width).Clear();
        for (int first = 0; first < Math.Min(phases, shape.InWidth); first++)
        {
            T* to = destination + Place(first + shape.PadLeft);
            for (int column = first; column < shape.InWidth; column += phases)
                *to++ = source[column];
        }
    }
}
