namespace Toolkit.Imaging;

/// <summary>The channels of a picture as numbers.</summary>
public enum ImageColor
{
    /// <summary>Three channels: red, green, blue. A grey picture has three equal ones.</summary>
    Rgb,

    /// <summary>One channel: 0.299 red + 0.587 green + 0.114 blue, the luma of Recommendation ITU-R BT.601.</summary>
    Gray,
}
