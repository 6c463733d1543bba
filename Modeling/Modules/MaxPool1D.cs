namespace Toolkit.Modeling.Modules;

/// <summary>The greatest value of each stretch of a signal or sequence, for each channel. Source: book section 9.3. Options: <see cref="MaxPoolModule"/>.</summary>
/// <remarks>Input [batch, channels, length].</remarks>
public sealed class MaxPool1D : MaxPoolModule
{
    /// <summary>A pooling layer.</summary>
    /// <param name="size">The size of the window, the same along each axis or one for each.</param>
    public MaxPool1D(PerAxis size)
        : base(axes: 1, size)
    {
    }
}
