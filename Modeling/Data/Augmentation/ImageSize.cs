namespace Toolkit.Modeling.Data.Augmentation;

/// <summary>The sizes of an image.</summary>
/// <param name="Channels">The number of planes.</param>
/// <param name="Height">The number of rows.</param>
/// <param name="Width">The number of columns.</param>
public readonly record struct ImageSize(int Channels, int Height, int Width)
{
    /// <summary>The number of pixels of one plane.</summary>
    public int Pixels => Height * Width;
}
