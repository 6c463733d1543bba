using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>How an image is cut into tiles of outputs for <see cref="WinogradTransform{T, TVector, TSimd}"/>: m by m outputs need six by six pixels.</summary>
internal readonly struct WinogradShape
{
    // Bytes of transformed tiles that stay in the second-level cache beside the transformed weights.
    private const int BlockBytes = 384 * 1024;

    // Tiles that a block has at least if the image has them: the transformed weights are read once for each block.
    private const int FewTiles = 24;

    // Jobs that a thread needs so that none waits long for the last.
    private const int JobsPerThread = 4;

    private readonly ConvolutionShape shape;
    private readonly int unit;

    /// <summary>Cuts the images of a convolution with square kernels of 3 or 5, stride 1 and no dilation.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="lanes">Elements of a vector.</param>
    public WinogradShape(in ConvolutionShape shape, int lanes)
    {
        this.shape = shape;
        unit = lanes;
    }

    /// <summary>Gets the outputs of a tile along each axis.</summary>
    public int Tile => 7 - shape.KernelHeight;

    /// <summary>Gets the tiles that stand side by side.</summary>
    public int TilesAcross => (shape.OutWidth + Tile - 1) / Tile;

    /// <summary>Gets the rows of tiles.</summary>
    public int TileRows => (shape.OutHeight + Tile - 1) / Tile;

    /// <summary>Gets the pixels of a padded row, those that the last tile reads beyond the padding included.</summary>
    public int PaddedWidth => Math.Max((TilesAcross * Tile) + shape.KernelWidth - 1, shape.InWidth + shape.PadLeft);

    /// <summary>Rows of tiles that are transformed together; it depends on the shape alone.</summary>
    /// <param name="channels">Input and output channels of a tile in whole vectors.</param>
    public int BlockRows(int channels)
    {
        long tile = 36L * channels * sizeof(float), row = tile * TilesAcross;
        long rows = Math.Max(BlockBytes / row, (FewTiles + TilesAcross - 1) / TilesAcross);
        int blocks = (int)((TileRows + rows - 1) / Math.Max(1, rows));
        return (TileRows + blocks - 1) / blocks;
    }

    /// <summary>Images whose tiles are multiplied together, as many as make <see cref="FewTiles"/>, but not so many that threads lack work.</summary>
    /// <param name="sizes">The sizes of the convolution.</param>
    /// <param name="threads">Threads that share the images.</param>
    public int ImagesTogether(in ConvolutionShape sizes, int threads)
    {
        int images = threads == 1 ? sizes.Batch : (int)Math.Min(sizes.Batch, (long)sizes.Batch * sizes.Groups / (JobsPerThread * threads));
        return Math.Clamp(FewTiles / (TileRows * TilesAcross), 1, Math.Max(1, images));
    }

    /// <summary>Rounds up to whole vectors.</summary>
    public int Whole(int channels) => (channels + unit - 1) / unit * unit;

    /// <summary>Rounds up to pairs of vectors.</summary>
    public int WholePairs(int channels) => (channels + (2 * unit) - 1) / (2 * unit) * (2 * unit);

    /// <summary>Copies the part of padded input planes that a block of tiles reads to pixels, [y, x, channel].</summary>
    /// <param name="planes">The first plane.</param>
    /// <param name="channels">Planes.</param>
    /// <param name="tileRow">The block's first row of tiles.</param>
    /// <param name="tileRows">The block's rows of tiles.</param>
    /// <param name="pixels">Room for six less m more rows than outputs, of <see cref="PaddedWidth"/> pixels.</param>
    /// <param name="depth">Elements of a pixel.</param>
    public unsafe void InputPixels<T>(T* planes, int channels, int tileRow, int tileRows, T* pixels, int depth)
        where T : unmanaged
    {
        int firstRow = tileRow * Tile, rows = (tileRows * Tile) + shape.KernelHeight - 1;
        int top = Math.Max(0, shape.PadTop - firstRow), from = Math.Max(0, firstRow - shape.PadTop);
        int height = Math.Max(0, Math.Min(rows - top, shape.InHeight - from));
        ToPixels(planes + ((nint)from * shape.InWidth), shape.InPlane, height, shape.InWidth, channels, top, shape.PadLeft, pixels, rows, PaddedWidth, depth);
    }

    /// <summary>Copies the part of output planes that belongs to a block of tiles to pixels, [y, x, channel], with zeros beyond the planes.</summary>
    /// <param name="planes">The first plane.</param>
    /// <param name="channels">Planes.</param>
    /// <param name="tileRow">The block's first row of tiles.</param>
    /// <param name="tileRows">The block's rows of tiles.</param>
    /// <param name="pixels">Room for all pixels of the tiles.</param>
    /// <param name="depth">Elements of a pixel.</param>
    public unsafe void OutputPixels<T>(T* planes, int channels, int tileRow, int tileRows, T* pixels, int depth)
        where T : unmanaged
    {
        int firstRow = tileRow * Tile, rows = tileRows * Tile, height = Math.Min(rows, shape.OutHeight - firstRow);
        ToPixels(
            planes + ((nint)firstRow * shape.OutWidth), shape.OutPlane, height, shape.OutWidth, channels, 0, 0, pixels, rows, TilesAcross * Tile, depth);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void ToPixels<T>(
        T* source, nint plane, int height, int width, int channels, int top, int left, T* destination, int rows, int pitch, int depth)
        where T : unmanaged
    {
        new Span<T>(destination, checked(rows * pitch * depth)).Clear();
        if (width == pitch)
        {
            GemmPacking.Transpose(source, plane, channels, height * width, depth, destination + ((nint)top * pitch * depth));
            return;
        }

        for (int y = 0; y < height; y++)
            GemmPacking.Transpose(source + ((nint)y * width), plane, channels, width, depth, destination + (((((nint)y + top) * pitch) + left) * depth));
    }
}
