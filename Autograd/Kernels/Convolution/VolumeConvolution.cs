using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolutions over volumes, [N, C, D…, H, W], by those over images, one example after the other: what a window covers along all axes but the last two is copied side by
/// side as channels, so that each place of the window along these axes is an image [C·taps, H, W], whose weights lie as they are.
/// </summary>
internal static unsafe class VolumeConvolution
{
    /// <summary>y = conv(x, w) + bias; see <see cref="Convolution.Forward{T}"/>.</summary>
    public static void Forward<T>(VolumeShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> w, ReadOnlySpan<T> bias, Span<T> y, Workers workers, bool relu)
        where T : unmanaged, INumber<T>
    {
        using Scratch columns = workers.Rent((long)shape.ColumnCount * sizeof(T)), images = workers.Rent((long)shape.PartCount * sizeof(T));
        for (int example = 0; example < shape.Batch; example++)
        {
            foreach ((int first, ConvolutionShape part) in Parts(shape))
            {
                Spread(shape, first, part.Batch, x[(example * shape.InputCount)..], columns.Span<T>(shape.ColumnCount));
                Convolution.Forward(part, columns.Span<T>(shape.ColumnCount), w, bias, images.Span<T>(shape.PartCount), workers, relu);
                ToResult<T>(shape, first, part.Batch, images.Span<T>(shape.PartCount), y[(example * shape.ResultCount)..]);
            }
        }
    }

    /// <summary>dx = gradient of ⟨dy, conv(x, w)⟩ with respect to x, overwritten.</summary>
    public static void InputGradient<T>(VolumeShape shape, ReadOnlySpan<T> dy, ReadOnlySpan<T> w, Span<T> dx, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using Scratch columns = workers.Rent((long)shape.ColumnCount * sizeof(T)), images = workers.Rent((long)shape.PartCount * sizeof(T));
        dx.Clear();
        for (int example = 0; example < shape.Batch; example++)
        {
            foreach ((int first, ConvolutionShape part) in Parts(shape))
            {
                FromResult(shape, first, part.Batch, dy[(example * shape.ResultCount)..], images.Span<T>(shape.PartCount));
                Convolution.InputGradient(part, images.Span<T>(shape.PartCount), w, columns.Span<T>(shape.ColumnCount), workers);
                Gather(shape, first, part.Batch, columns.Span<T>(shape.ColumnCount), dx[(example * shape.InputCount)..]);
            }
        }
    }

    /// <summary>dw = gradient of ⟨dy, conv(x, w)⟩ with respect to w, overwritten.</summary>
    public static void WeightGradient<T>(VolumeShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dw, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using Scratch columns = workers.Rent((long)shape.ColumnCount * sizeof(T)), images = workers.Rent((long)shape.PartCount * sizeof(T));
        using Scratch one = workers.Rent((long)dw.Length * sizeof(T));
        dw.Clear();
        for (int example = 0; example < shape.Batch; example++)
        {
            foreach ((int first, ConvolutionShape part) in Parts(shape))
            {
                Spread(shape, first, part.Batch, x[(example * shape.InputCount)..], columns.Span<T>(shape.ColumnCount));
                FromResult(shape, first, part.Batch, dy[(example * shape.ResultCount)..], images.Span<T>(shape.PartCount));
                Convolution.WeightGradient(part, columns.Span<T>(shape.ColumnCount), images.Span<T>(shape.PartCount), one.Span<T>(dw.Length), workers);
                TensorPrimitives.Add(dw, one.Span<T>(dw.Length), dw);
            }
        }
    }

    /// <summary>The first place of each part, and the convolution of its images.</summary>
    private static IEnumerable<(int First, ConvolutionShape Part)> Parts(VolumeShape shape)
    {
        for (int first = 0, count; first < shape.Places; first += count)
        {
            count = Math.Min(shape.PartPlaces, shape.Places - first);
            yield return (first, shape.Image with { Batch = count });
        }
    }

    /// <summary>Planes [C, planes] to [places, C, taps] for some places; zeros where the window lies in the padding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread<T>(VolumeShape shape, int first, int count, ReadOnlySpan<T> x, Span<T> columns)
        where T : unmanaged
    {
        int plane = shape.Image.InPlane, at = 0;
        for (int place = first; place < first + count; place++)
        {
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                for (int tap = 0; tap < shape.Taps; tap++, at += plane)
                {
                    int source = shape.PlaneOf(place, tap);
                    Span<T> column = columns.Slice(at, plane);
                    if (source < 0)
                        column.Clear();
                    else
                        x.Slice(((channel * shape.Planes) + source) * plane, plane).CopyTo(column);
                }
            }
        }
    }

    /// <summary>The adjoint of <see cref="Spread"/>: adds the columns to the planes that they were copied from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather<T>(VolumeShape shape, int first, int count, ReadOnlySpan<T> columns, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int plane = shape.Image.InPlane, at = 0;
        for (int place = first; place < first + count; place++)
        {
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                for (int tap = 0; tap < shape.Taps; tap++, at += plane)
                {
                    int source = shape.PlaneOf(place, tap);
                    if (source < 0)
                        continue;
                    Span<T> target = dx.Slice(((channel * shape.Planes) + source) * plane, plane);
                    TensorPrimitives.Add(target, columns.Slice(at, plane), target);
                }
            }
        }
    }

    /// <summary>Planes of some places [count, channels] to their places in [channels, places].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToResult<T>(VolumeShape shape, int first, int count, ReadOnlySpan<T> images, Span<T> y)
        where T : unmanaged
    {
        (int channels, int plane) = (shape.Image.OutChannels, shape.Image.OutPlane);
        for (int i = 0; i < count * channels; i++)
            images.Slice(i * plane, plane).CopyTo(y[(((i % channels * shape.Places) + first + (i / channels)) * plane)..]);
    }

    /// <summary>Planes of some places out of [channels, places] to [count, channels].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FromResult<T>(VolumeShape shape, int first, int count, ReadOnlySpan<T> dy, Span<T> images)
        where T : unmanaged
    {
        (int channels, int plane) = (shape.Image.OutChannels, shape.Image.OutPlane);
        for (int i = 0; i < count * channels; i++)
            dy.Slice(((i % channels * shape.Places) + first + (i / channels)) * plane, plane).CopyTo(images[(i * plane)..]);
    }
}
