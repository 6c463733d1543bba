namespace Toolkit.Autograd.Kernels;

/// <summary>How an element between others is made of them.</summary>
public enum ResizeMode
{
    /// <summary>It is the nearest.</summary>
    Nearest,

    /// <summary>Linear between the two beside it, on each axis.</summary>
    Linear,

    /// <summary>A cubic of the four around it, on each axis (Keys 1981, equation 4).</summary>
    Cubic,
}

/// <summary>Where the place i of a resized axis lies on the axis that is resized.</summary>
public enum ResizeCoordinates
{
    /// <summary>(i + ½) / scale − ½.</summary>
    HalfPixel,

    /// <summary>The same about the middle of the axis, where the resized length is no whole number.</summary>
    HalfPixelSymmetric,

    /// <summary>The same, but 0 where the resized axis has one place.</summary>
    PytorchHalfPixel,

    /// <summary>The first and the last places coincide.</summary>
    AlignCorners,

    /// <summary>i / scale.</summary>
    Asymmetric,

    /// <summary>From the beginning to the end of a region that is given.</summary>
    TfCropAndResize,

    /// <summary>(i + ½) / scale, which operator set 11 alone has.</summary>
    TfHalfPixelForNN,
}

/// <summary>Which place is the nearest.</summary>
public enum ResizeRounding
{
    /// <summary>The lower one in the middle between two.</summary>
    RoundPreferFloor,

    /// <summary>The higher one in the middle between two.</summary>
    RoundPreferCeil,

    /// <summary>The one below.</summary>
    Floor,

    /// <summary>The one above.</summary>
    Ceil,
}

/// <summary>How an axis is sampled at other places.</summary>
/// <param name="Mode">What is between elements.</param>
/// <param name="Coordinates">Where the places lie.</param>
/// <param name="Rounding">Which place is the nearest.</param>
public sealed record ResizeSampling(
    ResizeMode Mode = ResizeMode.Nearest, ResizeCoordinates Coordinates = ResizeCoordinates.HalfPixel, ResizeRounding Rounding = ResizeRounding.RoundPreferFloor)
{
    /// <summary>The factor a of the cubic; the slope of it at the distance 1.</summary>
    public float CubicCoefficient { get; init; } = -0.75f;

    /// <summary>Whether elements outside have no weight, instead of being those at the edge.</summary>
    public bool ExcludeOutside { get; init; }

    /// <summary>Whether the kernel is widened where the axis becomes shorter, so that every element counts.</summary>
    public bool Antialias { get; init; }
}
