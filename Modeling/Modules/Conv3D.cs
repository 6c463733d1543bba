namespace Toolkit.Modeling.Modules;

/// <summary>A convolution over volumes or films: windows along three axes. Source: book section 9.7. Options: <see cref="ConvolutionModule"/>.</summary>
/// <remarks>Input [batch, channels, depth, height, width], weights [outputs, channels / groups, …kernel].</remarks>
public sealed class Conv3D : ConvolutionModule
{
    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="kernel">The size of the window, the same along each axis or one for each.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial weights; advanced.</param>
    public Conv3D(int inputs, int outputs, PerAxis kernel, RandomSource random)
        : base(axes: 3, inputs, outputs, kernel, random)
    {
    }
}
