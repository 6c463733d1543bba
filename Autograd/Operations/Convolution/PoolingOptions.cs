using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>The window of a pooling. The default step is the size of the window, without padding.</summary>
public sealed record PoolingOptions
{
    /// <summary>Height and width of the window.</summary>
    public required IntList Kernel { get; init; }

    /// <summary>Steps of the window: vertical, horizontal; null for the size of the window.</summary>
    public IntList? Strides { get; init; }

    /// <summary>Padding around the image: top, left, bottom, right; less than the window.</summary>
    public IntList Pads { get; init; } = [0, 0, 0, 0];

    /// <summary>Distances of the places of the window: vertical, horizontal. Maximum pooling only.</summary>
    public IntList Dilations { get; init; } = [1, 1];

    /// <summary>
    /// Whether the number of windows is rounded up (ONNX <c>ceil_mode</c>): a last window that begins within the image or the padding before it counts
    /// although it reaches beyond the padding. The places beyond never win and never count.
    /// </summary>
    /// <remarks>It is carried out and exported as more padding, since runtimes do not agree on the attribute.</remarks>
    public bool CeilMode { get; init; }

    /// <summary>Whether average pooling counts padded places as zeros.</summary>
    public bool CountIncludePad { get; init; }

    internal IntList Steps => Strides ?? Kernel;

    /// <summary>How far the last windows of <see cref="CeilMode"/> reach beyond the padding: below, on the right. Zero where the options do not fit the
    /// image, which the operation then says.</summary>
    internal (int Bottom, int Right) Overhang(Shape image)
    {
        bool isComplete = Kernel.Count == 2 && Steps.Count == 2 && Pads.Count == 4 && Dilations.Count == 2 && Steps.All(s => s > 0);
        return CeilMode && isComplete && image.Rank == 4 && image[2].IsStatic && image[3].IsStatic
            ? (Overhang(image[2].Size, 0), Overhang(image[3].Size, 1))
            : (0, 0);
    }

    private int Overhang(int size, int axis)
    {
        int room = size + Pads[axis] + Pads[axis + 2] - (Dilations[axis] * (Kernel[axis] - 1)) - 1;
        int last = (int)Math.Ceiling((double)room / Steps[axis]);
        if (last * Steps[axis] >= size + Pads[axis])
        {
            // A window that would begin behind the image is left out.
            last--;
        }

        return last < 0 ? 0 : Math.Max(0, (last * Steps[axis]) - room);
    }
}
