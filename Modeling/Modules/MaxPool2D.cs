namespace Toolkit.Modeling.Modules;

/// <summary>The greatest value of each window of an image, for each channel. Source: book section 9.3. Options: <see cref="MaxPoolModule"/>.</summary>
/// <remarks>Input [batch, channels, height, width].</remarks>
public sealed class MaxPool2D : MaxPoolModule
{
    /// <summary>A pooling layer.</summary>
    /// <param name="size">The size of the window, the same along each axis or one for each.</param>
    public MaxPool2D(PerAxis size)
        : base(axes: 2, size)
    {
    }
}
