namespace Toolkit.Imaging;

/// <summary>What is done with a picture whose sides have another ratio than those asked for.</summary>
public enum ImageFit
{
    /// <summary>It is scaled until it covers the size, and cut to its middle: forms keep their proportions, and margins are lost.</summary>
    Crop,

    /// <summary>Each side is scaled by itself: nothing is lost, and forms are distorted.</summary>
    Stretch,
}
