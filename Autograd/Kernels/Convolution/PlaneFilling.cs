namespace Toolkit.Autograd.Kernels;

/// <summary>Writes out the planes of some images with their padding (<see cref="PaddedPlanes"/>), some planes on each thread.</summary>
internal readonly unsafe struct PlaneFilling<T>(PaddedPlanes planes, int count, int inPlane, T* x, T* padded, nint step, int parts) : IJob
    where T : unmanaged
{
    // Below this many elements handing parts over costs more than it saves.
    private const long SmallestPart = 8 * 1024;

    /// <summary>Writes the planes of images that lie one after the other in <paramref name="x"/>.</summary>
    /// <param name="planes">The padding.</param>
    /// <param name="images">Images, or groups of them.</param>
    /// <param name="count">Planes of each.</param>
    /// <param name="inPlane">Elements of a plane of x.</param>
    /// <param name="x">The images.</param>
    /// <param name="padded">Where the first goes.</param>
    /// <param name="step">The distance from there to the next.</param>
    /// <param name="workers">Threads.</param>
    public static void Run(in PaddedPlanes planes, int images, int count, int inPlane, T* x, T* padded, nint step, Workers workers)
    {
        long most = Math.Min(planes.AreApart ? count : 1, (long)count * planes.Height * planes.Width / SmallestPart);
        int parts = (int)Math.Clamp(most, 1, 2 * workers.Threads);
        workers.For(images * parts, new PlaneFilling<T>(planes, count, inPlane, x, padded, step, parts));
    }

    public void Execute(int index, int participant)
    {
        int image = index / parts, first = PixelGrid.First(index % parts, parts, count), last = PixelGrid.First((index % parts) + 1, parts, count);
        planes.FillPlanes(x + ((((nint)image * count) + first) * inPlane), last - first, padded + (image * step) + ((nint)first * planes.Height * planes.Width));
    }
}
