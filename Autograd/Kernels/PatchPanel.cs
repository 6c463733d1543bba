namespace Toolkit.Autograd.Kernels;

/// <summary>The patches of one image as a matrix [C·kH·kW, oH·oW] that is never stored: panels are filled from the image.</summary>
internal readonly unsafe struct PatchPanel<T>(ConvolutionShape shape, T* planes) : IPanelSource<T>
    where T : unmanaged
{
    private readonly ConvolutionShape _shape = shape;

    public T* Direct(int row, int count, int column, out nint step)
    {
        step = 0;
        return null;
    }

    public void Pack(int row, int count, int column, int columns, int width, T* destination)
    {
        for (int p = 0; p < count; p++, destination += width)
        {
            Patches.Row(_shape, planes, row + p, column, columns, destination);
            new Span<T>(destination + columns, width - columns).Clear();
        }
    }
}

/// <summary>The patches of one image, transposed: [oH·oW, C·kH·kW].</summary>
internal readonly unsafe struct TransposedPatchPanel<T>(ConvolutionShape shape, T* planes) : IPanelSource<T>
    where T : unmanaged
{
    private const int MaxDepth = 256;
    private readonly ConvolutionShape _shape = shape;

    public T* Direct(int row, int count, int column, out nint step)
    {
        step = 0;
        return null;
    }

    public void Pack(int row, int count, int column, int columns, int width, T* destination)
    {
        T* line = stackalloc T[MaxDepth];
        for (int j = 0; j < width; j++)
        {
            if (j < columns)
                Patches.Row(_shape, planes, column + j, row, count, line);
            else
                new Span<T>(line, count).Clear();
            T* to = destination + j;
            for (int p = 0; p < count; p++, to += width)
                *to = line[p];
        }
    }
}
