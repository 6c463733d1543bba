using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>The patches of one image as a matrix [C·kH·kW, oH·oW] that is never stored: panels are filled from the image.</summary>
internal readonly unsafe struct PatchPanel<T>(ConvolutionShape shape, T* planes) : IPanelSource<T>
    where T : unmanaged
{
    public T* Packed(int row, int count, int column) => null;

    public T* Direct(int row, int count, int column, out nint step)
    {
        step = 0;
        return null;
    }

    public GemmAhead<T> Ahead(int row, int count, int column, int columns) => default;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int row, int count, int column, int columns, int width, T* destination)
    {
        for (int p = 0; p < count; p++, destination += width)
        {
            Patches.Row(shape, planes, row + p, column, columns, destination);
            new Span<T>(destination + columns, width - columns).Clear();
        }
    }
}
