using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>The sizes of a convolution over volumes: of the images into which it is cut, and where their planes lie in the volume.</summary>
internal sealed class VolumeShape
{
    private readonly int[] sources;

    /// <summary>Cuts a convolution of three or more axes.</summary>
    /// <param name="image">The convolution along the last two axes, of one image with the channels of the volume.</param>
    /// <param name="batch">The examples.</param>
    /// <param name="sizes">The sizes of the volume along the other axes.</param>
    /// <param name="kernel">The sizes of the kernel along them.</param>
    /// <param name="strides">The steps along them.</param>
    /// <param name="before">The zeros before them.</param>
    /// <param name="after">The zeros after them.</param>
    /// <param name="dilations">The distances of the weights along them.</param>
    public VolumeShape(
        in ConvolutionShape image,
        int batch,
        ReadOnlySpan<int> sizes,
        ReadOnlySpan<int> kernel,
        ReadOnlySpan<int> strides,
        ReadOnlySpan<int> before,
        ReadOnlySpan<int> after,
        ReadOnlySpan<int> dilations)
    {
        Batch = batch;
        Channels = image.InChannels;
        (Places, Taps, Planes) = (1, 1, 1);
        int[] places = new int[sizes.Length];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            long room = (long)sizes[axis] + before[axis] + after[axis] - ((long)dilations[axis] * (kernel[axis] - 1)) - 1;
            places[axis] = room < 0 ? 0 : checked((int)((room / strides[axis]) + 1));
            Places = Value.CountOf([Places, places[axis]]);
            Taps = Value.CountOf([Taps, kernel[axis]]);
            Planes = Value.CountOf([Planes, sizes[axis]]);
        }

        sources = new int[Value.CountOf([Places, Taps])];
        for (int i = 0; i < sources.Length; i++)
        {
            (int place, int tap, int step) = (i / Taps, i % Taps, 1);
            for (int axis = sizes.Length - 1; axis >= 0; axis--)
            {
                long at = ((long)(place % places[axis]) * strides[axis]) + ((long)(tap % kernel[axis]) * dilations[axis]) - before[axis];
                sources[i] = at < 0 || at >= sizes[axis] || sources[i] < 0 ? -1 : sources[i] + ((int)at * step);
                (place, tap, step) = (place / places[axis], tap / kernel[axis], step * sizes[axis]);
            }
        }

        Image = image with { Batch = Places, InChannels = Value.CountOf([Channels, Taps]) };
    }

    /// <summary>Gets the examples.</summary>
    public int Batch { get; }

    /// <summary>Gets the channels of the volume.</summary>
    public int Channels { get; }

    /// <summary>Gets the places of the window along the axes before the last two.</summary>
    public int Places { get; }

    /// <summary>Gets the weights along these axes.</summary>
    public int Taps { get; }

    /// <summary>Gets the planes of a channel.</summary>
    public int Planes { get; }

    /// <summary>Gets the convolution of the images of one example.</summary>
    public ConvolutionShape Image { get; }

    /// <summary>Gets the elements of an example.</summary>
    public int InputCount => Value.CountOf([Channels, Planes, Image.InPlane]);

    /// <summary>Gets the elements of the images of a part.</summary>
    public int ColumnCount => Value.CountOf([PartPlaces, Channels, Taps, Image.InPlane]);

    /// <summary>Gets the elements of the results of a part.</summary>
    public int PartCount => Value.CountOf([PartPlaces, Image.OutChannels, Image.OutPlane]);

    /// <summary>Gets the places that are computed together: all, if their images are not too many.</summary>
    public int PartPlaces => (int)Math.Clamp(MostColumns / Math.Max(1, (long)Channels * Taps * Image.InPlane), 1, Math.Max(1, Places));

    /// <summary>Gets the elements that the images of a part have at most, if there is more than one.</summary>
    public long MostColumns { get; init; } = 1 << 28;

    /// <summary>Gets the elements of the result of an example.</summary>
    public int ResultCount => Value.CountOf([Places, Image.OutChannels, Image.OutPlane]);

    /// <summary>The plane of a channel that a weight meets; −1 for the padding.</summary>
    public int PlaneOf(int place, int tap) => sources[(place * Taps) + tap];
}
