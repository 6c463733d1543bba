namespace Toolkit.Modeling.Modules;

/// <summary>A convolution over signals or sequences: windows along one axis. Source: book section 9.1. Options: <see cref="ConvolutionModule"/>.</summary>
/// <remarks>Input [batch, channels, length], weights [outputs, channels / groups, kernel].</remarks>
public sealed class Conv1D : ConvolutionModule
{
    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="kernel">The size of the window, the same along each axis or one for each.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial weights; advanced.</param>
    public Conv1D(int inputs, int outputs, PerAxis kernel, RandomSource random)
        : base(axes: 1, inputs, outputs, kernel, random)
    {
    }
}
