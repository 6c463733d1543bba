namespace Toolkit.Modeling.Modules;

/// <summary>The mean of each stretch of a signal or sequence, for each channel. Source: book section 9.3. Options: <see cref="AveragePoolModule"/>.</summary>
/// <remarks>Input [batch, channels, length].</remarks>
public sealed class AveragePool1D : AveragePoolModule
{
    /// <summary>A pooling layer.</summary>
    /// <param name="size">The size of the window, the same along each axis or one for each.</param>
    public AveragePool1D(PerAxis size)
        : base(axes: 1, size)
    {
    }
}
