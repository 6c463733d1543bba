using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>How the window of a convolution moves. The default is step 1, no padding, dense weights, one group.</summary>
public sealed record ConvolutionOptions
{
    /// <summary>Steps of the window along each axis; null for 1.</summary>
    public IntList? Strides { get; init; }

    /// <summary>Zeros around the image: before each axis, then after each axis (for an image top, left, bottom, right); null for none.</summary>
    public IntList? Pads { get; init; }

    /// <summary>Distances of the weights along each axis; null for 1.</summary>
    public IntList? Dilations { get; init; }

    /// <summary>The number of groups of channels that do not see each other.</summary>
    public int Group { get; init; } = 1;

    /// <summary>The operation for a kernel with a number of axes.</summary>
    internal Conv Of(int axes) => new(
        Strides ?? [.. Enumerable.Repeat(1, axes)], Pads ?? [.. new int[2 * axes]], Dilations ?? [.. Enumerable.Repeat(1, axes)], Group);
}
