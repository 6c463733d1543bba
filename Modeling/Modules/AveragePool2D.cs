namespace Toolkit.Modeling.Modules;

/// <summary>The mean of each window of an image, for each channel. Source: book section 9.3. Options: <see cref="AveragePoolModule"/>.</summary>
/// <remarks>Input [batch, channels, height, width].</remarks>
public sealed class AveragePool2D : AveragePoolModule
{
    /// <summary>A pooling layer.</summary>
    /// <param name="size">The size of the window, the same along each axis or one for each.</param>
    public AveragePool2D(PerAxis size)
        : base(axes: 2, size)
    {
    }
}
