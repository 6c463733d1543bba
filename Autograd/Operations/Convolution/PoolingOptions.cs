using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>The window of a pooling. The default step is the size of the window, without padding.</summary>
public sealed record PoolingOptions
{
    /// <summary>The size of the window along each axis, for an image height and width.</summary>
    public required IntList Kernel { get; init; }

    /// <summary>Steps of the window along each axis; null for the size of the window.</summary>
    public IntList? Strides { get; init; }

    /// <summary>Padding before each axis, then after each axis (for an image top, left, bottom, right), less than the window; null for none.</summary>
    public IntList? Pads { get; init; }

    /// <summary>Distances of the places of the window along each axis; null for 1.</summary>
    public IntList? Dilations { get; init; }

    /// <summary>
    /// Whether the number of windows is rounded up (ONNX <c>ceil_mode</c>): a last window that begins within the image or the padding before it counts
    /// although it reaches beyond the padding. The places beyond never win and never count.
    /// </summary>
    public bool CeilMode { get; init; }

    /// <summary>Whether average pooling counts padded places as zeros.</summary>
    public bool CountIncludePad { get; init; }

    internal IntList Steps => Strides ?? Kernel;

    internal IntList Borders => Pads ?? [.. new int[2 * Kernel.Count]];

    internal IntList Spacing => Dilations ?? [.. Enumerable.Repeat(1, Kernel.Count)];
}
