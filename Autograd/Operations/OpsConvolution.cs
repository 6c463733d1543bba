using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;

namespace Toolkit.Autograd.Operations;

/// <content>Convolution and pooling.</content>
public static partial class Ops
{
    /// <summary>The convolution of an image with weights; see <see cref="Convolution.Conv"/>.</summary>
    /// <param name="x">The image, [N, C, H, W].</param>
    /// <param name="w">The weights, [M, C/group, kH, kW].</param>
    /// <param name="options">Strides, pads, dilations, groups; null for the defaults.</param>
    public static Variable Conv(this Variable x, Variable w, ConvolutionOptions? options = null)
    {
        options ??= new ConvolutionOptions();
        return new Conv(options.Strides, options.Pads, options.Dilations, options.Group).Apply(x, w);
    }

    /// <summary>The greatest element of each window; see <see cref="Convolution.MaxPool"/>.</summary>
    /// <param name="x">The image, [N, C, H, W].</param>
    /// <param name="options">The window.</param>
    public static Variable MaxPool(this Variable x, PoolingOptions options) =>
        new MaxPool(options.Kernel, options.Strides ?? options.Kernel, options.Pads).Apply(x);

    /// <summary>The mean of each window; see <see cref="Convolution.AveragePool"/>.</summary>
    /// <param name="x">The image, [N, C, H, W].</param>
    /// <param name="options">The window.</param>
    public static Variable AveragePool(this Variable x, PoolingOptions options) =>
        new AveragePool(options.Kernel, options.Strides ?? options.Kernel, options.Pads, options.CountIncludePad).Apply(x);
}
