namespace Toolkit.Modeling.Modules;

/// <summary>A transposed convolution over images. Source: book section 9.5, equation 9.13. Options: <see cref="TransposedConvolutionModule"/>.</summary>
/// <remarks>Input [batch, channels, height, width], weights [channels, outputs / groups, kernel height, kernel width].</remarks>
public sealed class ConvTranspose2D : TransposedConvolutionModule
{
    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="kernel">The size of the window, the same along each axis or one for each.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial weights; advanced.</param>
    public ConvTranspose2D(int inputs, int outputs, PerAxis kernel, RandomSource random)
        : base(axes: 2, inputs, outputs, kernel, random)
    {
    }
}
