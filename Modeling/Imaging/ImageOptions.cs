using System.Globalization;

namespace Toolkit.Imaging;

/// <summary>How pictures become numbers. A model reads new pictures with the options that it was trained with.</summary>
public sealed record ImageOptions
{
    /// <summary>The height in pixels, at least 1; null, as is <see cref="Width"/>, for that of the first picture, which all others must then have.</summary>
    public int? Height { get; init => field = AtLeastOne(value, nameof(Height)); }

    /// <summary>The width in pixels, at least 1; null together with <see cref="Height"/>.</summary>
    public int? Width { get; init => field = AtLeastOne(value, nameof(Width)); }

    /// <summary>The channels; <see cref="ImageColor.Rgb"/> by default.</summary>
    public ImageColor Color { get; init; }

    /// <summary>What is done where the ratio of the sides differs; <see cref="ImageFit.Crop"/> by default.</summary>
    public ImageFit Fit { get; init; }

    /// <summary>The number that stands for a dark pixel, finite; 0 by default.</summary>
    public float Low { get; init => field = Finite(value, nameof(Low)); }

    /// <summary>The number that stands for a bright pixel, finite; 1 by default.</summary>
    public float High { get; init => field = Finite(value, nameof(High)); } = 1;

    /// <summary>The classes in the order of their labels, for a folder whose labels must be those of a model; null, the default, for the names of the folders in ordinal order.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>The number of channels.</summary>
    internal int Channels => Color == ImageColor.Gray ? 1 : 3;

    /// <summary>Height and width, or null for the size that pictures have.</summary>
    /// <exception cref="ArgumentException">One of the two is set alone.</exception>
    internal (int Height, int Width)? Size => (Height, Width) switch
    {
        (null, null) => null,
        ({ } height, { } width) => (height, width),
        _ => throw new ArgumentException($"Expected {nameof(Height)} and {nameof(Width)} together, found {(Height is null ? nameof(Width) : nameof(Height))} alone."),
    };

    private static int? AtLeastOne(int? value, string name) => value is null or >= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"Expected a number of at least 1 as {name}, found {value.Value.ToString(CultureInfo.InvariantCulture)}.");

    private static float Finite(float value, string name) => float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"Expected a finite number as {name}, found {value.ToString(CultureInfo.InvariantCulture)}.");
}
