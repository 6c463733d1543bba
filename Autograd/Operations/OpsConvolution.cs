using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <content>Convolution and pooling.</content>
public static partial class Ops
{
    /// <summary>The convolution of an image with weights; see <see cref="Convolution.Conv"/>.</summary>
    /// <param name="x">The image, [N, C, H, W], or a signal or volume with any number of axes in the place of H and W.</param>
    /// <param name="w">The weights, [M, C/group, kH, kW].</param>
    /// <param name="options">Strides, pads, dilations, groups; null for the defaults.</param>
    public static Variable Conv(this Variable x, Variable w, ConvolutionOptions? options = null) =>
        (options ?? new ConvolutionOptions()).Of(w.Shape.Rank - 2).Apply(x, w);

    /// <summary>The transposed convolution, the gradient of a convolution with respect to its image; see <see cref="Convolution.ConvTranspose"/>.</summary>
    /// <param name="y">[N, M, …].</param>
    /// <param name="w">The weights, [M, C/group, …].</param>
    /// <param name="options">Strides, pads, dilations, groups of the convolution; null for the defaults.</param>
    /// <param name="outputPadding">What the result is longer at the end of each axis, less than the stride; null for nothing.</param>
    public static Variable ConvTranspose(this Variable y, Variable w, ConvolutionOptions? options = null, IntList? outputPadding = null)
    {
        Conv convolution = (options ?? new ConvolutionOptions()).Of(w.Shape.Rank - 2);
        return new ConvTranspose(
            convolution.Strides, convolution.Pads, convolution.Dilations, convolution.Group, outputPadding ?? [.. new int[convolution.Strides.Count]]).Apply(y, w);
    }

    /// <summary>The greatest element of each window; see <see cref="Convolution.MaxPool"/>.</summary>
    /// <param name="x">The image, [N, C, H, W], or a signal or volume.</param>
    /// <param name="options">The window.</param>
    /// <exception cref="ShapeException">The window does not fit the image.</exception>
    public static Variable MaxPool(this Variable x, PoolingOptions options) =>
        new MaxPool(options.Kernel, options.Steps, options.Borders, options.Spacing, options.CeilMode).Apply(x);

    /// <summary>The mean of each window; see <see cref="Convolution.AveragePool"/>.</summary>
    /// <param name="x">The image, [N, C, H, W], or a signal or volume.</param>
    /// <param name="options">The window.</param>
    /// <exception cref="ShapeException">The window does not fit the image.</exception>
    public static Variable AveragePool(this Variable x, PoolingOptions options) =>
        new AveragePool(options.Kernel, options.Steps, options.Borders, options.Spacing, options.CeilMode, options.CountIncludePad).Apply(x);
}
