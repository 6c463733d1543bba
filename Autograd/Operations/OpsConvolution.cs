using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

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
    /// <exception cref="ShapeException">The window does not fit the image.</exception>
    public static Variable MaxPool(this Variable x, PoolingOptions options)
    {
        (int bottom, int right) = options.Overhang(x.Shape);
        IntList pads = options.Pads;
        if (bottom + right > 0)
        {
            pads = [pads[0], pads[1], pads[2] + bottom, pads[3] + right];
            if (pads[2] >= options.Kernel[0] || pads[3] >= options.Kernel[1])
            {
                // Runtimes take no padding as large as the number of places of a dilated window; a border of −∞ never wins either.
                x = Pad(x, [0, 0, pads[0], pads[1]], [0, 0, pads[2], pads[3]], double.NegativeInfinity);
                pads = [0, 0, 0, 0];
            }
        }

        return new MaxPool(options.Kernel, options.Steps, pads, options.Dilations).Apply(x);
    }

    /// <summary>The mean of each window; see <see cref="Convolution.AveragePool"/>.</summary>
    /// <param name="x">The image, [N, C, H, W].</param>
    /// <param name="options">The window, without dilations.</param>
    /// <exception cref="ShapeException">The window does not fit the image, or has dilations.</exception>
    public static Variable AveragePool(this Variable x, PoolingOptions options)
    {
        if (options.Dilations.Any(d => d != 1))
        {
            throw new ShapeException($"AveragePool expects dilations [1, 1], found {options.Dilations}.");
        }

        (int bottom, int right) = options.Overhang(x.Shape);
        IntList pads = options.Pads;
        if (bottom + right == 0)
        {
            return new AveragePool(options.Kernel, options.Steps, pads, options.CountIncludePad).Apply(x);
        }

        if (options.CountIncludePad)
        {
            // The padding counts and what is beyond does not, so the padding becomes part of the image.
            x = Pad(x, [0, 0, pads[0], pads[1]], [0, 0, pads[2], pads[3]]);
            pads = [0, 0, 0, 0];
        }

        return new AveragePool(options.Kernel, options.Steps, [pads[0], pads[1], pads[2] + bottom, pads[3] + right], false).Apply(x);
    }
}
