namespace Toolkit.Modeling.Modules;

/// <summary>A convolution over images: windows along height and width. Source: book section 9.1, equation 9.6. Options: <see cref="ConvolutionModule"/>.</summary>
/// <remarks>Input [batch, channels, height, width], weights [outputs, channels / groups, kernel height, kernel width].</remarks>
public sealed class Conv2D : ConvolutionModule
{
    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="kernel">The size of the window, the same along each axis or one for each.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial weights; advanced.</param>
    public Conv2D(int inputs, int outputs, PerAxis kernel, RandomSource random)
        : base(axes: 2, inputs, outputs, kernel, random)
    {
    }
}
