using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolutions of int8 or uint8 in int32, exact but for sums beyond 32 bits, which wrap: those of pairs of channels (<see cref="PairedPlanes"/>), so that what is padded is the zero point, and a
/// multiplication by two weights takes the place of two. What runs is <see cref="Convolution"/> with half the channels.
/// </summary>
internal sealed unsafe class ByteConvolution
{
    private readonly ConvolutionShape shape;
    private readonly VolumeShape? volume;
    private readonly (int Batch, int Channels, int Plane, int Taps) sizes;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="shape">The sizes along the last two axes, of pairs of channels.</param>
    /// <param name="volume">The sizes of a convolution over volumes, of pairs of channels; null for others.</param>
    /// <param name="sizes">The images, the channels of a group, the elements of a channel, and the weights of a channel for an output.</param>
    public ByteConvolution(in ConvolutionShape shape, VolumeShape? volume, (int Batch, int Channels, int Plane, int Taps) sizes)
    {
        this.shape = shape;
        this.volume = volume;
        this.sizes = sizes;
    }

    private int WeightCount => shape.OutChannels * PairedPlanes.Pairs(sizes.Channels) * sizes.Taps;

    /// <summary>The name of the form that <see cref="Pack"/> gives.</summary>
    public string Form => $"bytes, {PackedForm ?? "as they are"}, {shape.Groups} groups";

    private string? PackedForm => volume is null ? Convolution.PackedForm<int>(shape) : null;

    /// <summary>Weights as convolutions read them, for many of them.</summary>
    /// <param name="w">The weights.</param>
    /// <param name="zeros">A zero point for each output, or one for all, or none for zeros.</param>
    public Storage Pack(Value w, ReadOnlySpan<int> zeros)
    {
        Storage pairs = new((long)WeightCount * sizeof(int));
        Widen(w, zeros, (int*)pairs.Address);
        return PackedForm is null ? pairs : Convolution.Pack<int>(shape, new ReadOnlySpan<int>((int*)pairs.Address, WeightCount));
    }

    /// <summary>Computes the sums.</summary>
    /// <param name="x">The images.</param>
    /// <param name="zero">Their zero point.</param>
    /// <param name="w">The weights.</param>
    /// <param name="zeros">A zero point for each output, or one for all, or none for zeros; not read where weights are packed.</param>
    /// <param name="packed">The weights as <see cref="Pack"/> gives them, or null.</param>
    /// <param name="bias">A number for each output, or none.</param>
    /// <param name="y">The result.</param>
    /// <param name="workers">The threads.</param>
    public void Run(Value x, int zero, Value w, ReadOnlySpan<int> zeros, Storage? packed, ReadOnlySpan<int> bias, Span<int> y, Workers workers)
    {
        int pairs = PairedPlanes.Pairs(sizes.Channels), groups = sizes.Batch * shape.Groups, count = WeightCount;
        using Scratch planes = workers.Rent((long)groups * pairs * sizes.Plane * sizeof(int)), own = workers.Rent(packed is null ? (long)count * sizeof(int) : 0);
        PairedPlanes.Widen((x.Address, x.DType == DType.Int8), zero, groups, sizes.Channels, sizes.Plane, (int*)planes.Pointer, workers);
        if (packed is null)
            Widen(w, zeros, (int*)own.Pointer);

        // Weights in the form of a kind of convolution are not read as they are; the span is as long as they would be.
        ReadOnlySpan<int> weights = new(packed is null ? own.Pointer : (byte*)packed.Address, count), images = new(planes.Pointer, groups * pairs * sizes.Plane);
        if (volume is not null)
            VolumeConvolution.Forward(volume, images, weights, bias, y, workers, relu: false);
        else
            Convolution.Forward(shape, images, weights, bias, y, workers, packed: PackedForm is null ? null : packed);
        GC.KeepAlive(x);
        GC.KeepAlive(w);
    }

    private void Widen(Value w, ReadOnlySpan<int> zeros, int* to) =>
        PairedPlanes.WidenWeights((w.Address, w.DType == DType.Int8), zeros, shape.OutChannels, sizes.Channels, sizes.Taps, to);
}
