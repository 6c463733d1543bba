namespace Toolkit.Autograd.Kernels;

/// <summary>How the outputs of a few images are cut into parts for threads: a grid over pixels and over slivers, two vectors of output channels each.</summary>
/// <param name="PixelParts">Parts along the pixels.</param>
/// <param name="SliverParts">Parts along the slivers.</param>
internal readonly record struct PixelGrid(int PixelParts, int SliverParts)
{
    // Below this many multiply-adds of vectors per part, handing it over costs more than it saves.
    private const double SmallestPart = 50_000;

    // What a cache line that comes from memory costs, in multiply-adds of vectors.
    private const double LineCost = 8;

    // The share of a part that the other threads wait for the last one.
    private const double Wait = 0.5;

    // Parts of a thread: small ones, so that waiting for the last one is short.
    private const double MostTurns = 16;

    /// <summary>Gets the number of parts of an image.</summary>
    public int Count => PixelParts * SliverParts;

    /// <summary>Takes the grid with the least work on the busiest thread, reading included: a part reads the weights of its slivers, and its pixels.</summary>
    /// <param name="images">Images, or groups of them.</param>
    /// <param name="units">What pixels are cut in: pixels, or rows of them.</param>
    /// <param name="pixels">Pixels of a unit.</param>
    /// <param name="slivers">Slivers.</param>
    /// <param name="taps">Elements that meet in an output.</param>
    /// <param name="sliverBytes">Bytes of the weights of a sliver.</param>
    /// <param name="imageBytes">Bytes of an image.</param>
    /// <param name="threads">Threads.</param>
    public static PixelGrid For(int images, int units, int pixels, int slivers, long taps, long sliverBytes, long imageBytes, int threads)
    {
        PixelGrid best = new(1, 1);
        double least = double.MaxValue, all = 2.0 * units * pixels * slivers * taps;
        int limit = threads == 1 ? 1 : (int)Math.Min((MostTurns * threads / images) + 1, Math.Max(1, all / SmallestPart));
        for (int across = 1; across <= Math.Min(limit, slivers); across++)
        {
            for (int along = 1; along <= Math.Min(limit / across, units); along++)
            {
                double wide = (slivers + across - 1) / across, high = (units + along - 1) / along;
                double part = (wide * high * pixels * 2 * taps) + (LineCost / 64 * ((wide * sliverBytes) + (high / units * imageBytes)));
                double turns = (((double)across * along * images) + threads - 1) / threads;
                double cost = part * (Math.Floor(turns) + (threads == 1 ? 0 : Wait));
                if (cost < least)
                    (best, least) = (new(along, across), cost);
            }
        }

        return best;
    }

    /// <summary>The first of <paramref name="count"/> things that part <paramref name="index"/> of <paramref name="parts"/> has.</summary>
    public static int First(int index, int parts, int count) => (int)((long)index * count / parts);
}
