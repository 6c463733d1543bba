using System.Numerics;
using System.Numerics.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Convolutions over volumes, [N, C, D…, H, W], by those over images, one example after the other: what a window covers along all axes but the last two is copied side by
/// side as channels, so that each place of the window along these axes is an image [C·taps, H, W], whose weights lie as they are.
/// </summary>
internal static unsafe class VolumeConvolution
{
    /// <summary>y = conv(x, w) + bias; see <see cref="Convolution.Forward{T}"/>.</summary>
    public static void Forward<T>(VolumeShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> w, ReadOnlySpan<T> bias, Span<T> y, Workers workers, bool relu)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using Scratch columns = workers.Rent((long)shape.ColumnCount * sizeof(T)), images = workers.Rent((long)shape.ResultCount * sizeof(T));
        for (int example = 0; example < shape.Batch; example++)
        {
            Spread(shape, x[(example * shape.InputCount)..], columns.Span<T>(shape.ColumnCount));
            Convolution.Forward(shape.Image, columns.Span<T>(shape.ColumnCount), w, bias, images.Span<T>(shape.ResultCount), workers, relu);
            Exchange<T>(images.Span<T>(shape.ResultCount), shape.Places, shape.Image.OutChannels, shape.Image.OutPlane, y[(example * shape.ResultCount)..]);
        }
    }

    /// <summary>dx = gradient of ⟨dy, conv(x, w)⟩ with respect to x, overwritten.</summary>
    public static void InputGradient<T>(VolumeShape shape, ReadOnlySpan<T> dy, ReadOnlySpan<T> w, Span<T> dx, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using Scratch columns = workers.Rent((long)shape.ColumnCount * sizeof(T)), images = workers.Rent((long)shape.ResultCount * sizeof(T));
        dx.Clear();
        for (int example = 0; example < shape.Batch; example++)
        {
            Exchange(dy[(example * shape.ResultCount)..], shape.Image.OutChannels, shape.Places, shape.Image.OutPlane, images.Span<T>(shape.ResultCount));
            Convolution.InputGradient(shape.Image, images.Span<T>(shape.ResultCount), w, columns.Span<T>(shape.ColumnCount), workers);
            Gather(shape, columns.Span<T>(shape.ColumnCount), dx[(example * shape.InputCount)..]);
        }
    }

    /// <summary>dw = gradient of ⟨dy, conv(x, w)⟩ with respect to w, overwritten.</summary>
    public static void WeightGradient<T>(VolumeShape shape, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dw, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using Scratch columns = workers.Rent((long)shape.ColumnCount * sizeof(T)), images = workers.Rent((long)shape.ResultCount * sizeof(T));
        using Scratch one = workers.Rent((long)dw.Length * sizeof(T));
        dw.Clear();
        for (int example = 0; example < shape.Batch; example++)
        {
            Spread(shape, x[(example * shape.InputCount)..], columns.Span<T>(shape.ColumnCount));
            Exchange(dy[(example * shape.ResultCount)..], shape.Image.OutChannels, shape.Places, shape.Image.OutPlane, images.Span<T>(shape.ResultCount));
            Convolution.WeightGradient(shape.Image, columns.Span<T>(shape.ColumnCount), images.Span<T>(shape.ResultCount), one.Span<T>(dw.Length), workers);
            TensorPrimitives.Add(dw, one.Span<T>(dw.Length), dw);
        }
    }

    /// <summary>Planes [C, planes] to [places, C, taps]; zeros where the window lies in the padding.</summary>
    private static void Spread<T>(VolumeShape shape, ReadOnlySpan<T> x, Span<T> columns)
        where T : unmanaged
    {
        int plane = shape.Image.InPlane, at = 0;
        for (int place = 0; place < shape.Places; place++)
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
    private static void Gather<T>(VolumeShape shape, ReadOnlySpan<T> columns, Span<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int plane = shape.Image.InPlane, at = 0;
        for (int place = 0; place < shape.Places; place++)
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

    /// <summary>Rows [first, second] to [second, first].</summary>
    private static void Exchange<T>(ReadOnlySpan<T> from, int first, int second, int row, Span<T> to)
        where T : unmanaged
    {
        for (int i = 0; i < first; i++)
        {
            for (int j = 0; j < second; j++)
                from.Slice(((i * second) + j) * row, row).CopyTo(to[(((j * first) + i) * row)..]);
        }
    }
}
