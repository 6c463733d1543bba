using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>How the window of a convolution moves. The default is step 1, no padding, dense weights, one group.</summary>
public sealed record ConvolutionOptions
{
    /// <summary>Steps of the window: vertical, horizontal.</summary>
    public IntList Strides { get; init; } = [1, 1];

    /// <summary>Zeros around the image: top, left, bottom, right.</summary>
    public IntList Pads { get; init; } = [0, 0, 0, 0];

    /// <summary>Distances of the weights: vertical, horizontal.</summary>
    public IntList Dilations { get; init; } = [1, 1];

    /// <summary>The number of groups of channels that do not see each other.</summary>
    public int Group { get; init; } = 1;
}
