namespace Toolkit.Modeling.Modules;

/// <summary>The mean of each window of a volume, for each channel. Source: book section 9.3. Options: <see cref="AveragePoolModule"/>.</summary>
/// <remarks>Input [batch, channels, depth, height, width].</remarks>
public sealed class AveragePool3D : AveragePoolModule
{
    /// <summary>A pooling layer.</summary>
    /// <param name="size">The size of the window, the same along each axis or one for each.</param>
    public AveragePool3D(PerAxis size)
        : base(axes: 3, size)
    {
    }
}
