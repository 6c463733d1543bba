namespace Toolkit.Modeling.Modules;

/// <summary>The greatest value of each window of a volume, for each channel. Source: book section 9.3. Options: <see cref="MaxPoolModule"/>.</summary>
/// <remarks>Input [batch, channels, depth, height, width].</remarks>
public sealed class MaxPool3D : MaxPoolModule
{
    /// <summary>A pooling layer.</summary>
    /// <param name="size">The size of the window, the same along each axis or one for each.</param>
    public MaxPool3D(PerAxis size)
        : base(axes: 3, size)
    {
    }
}
