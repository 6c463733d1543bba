namespace Toolkit.Modeling.Modules;

/// <summary>A transposed convolution over signals or sequences. Source: book section 9.5. Options: <see cref="TransposedConvolutionModule"/>.</summary>
/// <remarks>Input [batch, channels, length], weights [channels, outputs / groups, kernel].</remarks>
public sealed class ConvTranspose1D : TransposedConvolutionModule
{
    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="kernel">The size of the window, the same along each axis or one for each.</param>
    /// <param name="random">Gives the layer a stream of its own for its initial weights; advanced.</param>
    public ConvTranspose1D(int inputs, int outputs, PerAxis kernel, RandomSource random)
        : base(axes: 1, inputs, outputs, kernel, random)
    {
    }
}
