using Toolkit.Imaging;

namespace Toolkit.Tool.Data;

/// <summary>How a model reads pictures.</summary>
/// <param name="Height">The height in pixels.</param>
/// <param name="Width">The width in pixels.</param>
/// <param name="Gray">Whether it sees them without colors.</param>
/// <param name="Stretched">Whether pictures of other proportions are stretched; otherwise their middle is cut out.</param>
internal sealed record PictureFormat(int Height, int Width, bool Gray, bool Stretched)
{
    public ImageOptions Options(IReadOnlyList<string>? classes = null) => new()
    {
        Height = Height,
        Width = Width,
        Color = Gray ? ImageColor.Gray : ImageColor.Rgb,
        Fit = Stretched ? ImageFit.Stretch : ImageFit.Crop,
        Classes = classes,
    };
}
