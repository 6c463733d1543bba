namespace Toolkit.Modeling.Data.Augmentation;

/// <summary>
/// A random shift, rotation, scaling and shear about the middle of the image, each uniform within its bound; by bilinear interpolation, with 0 from outside.
/// With all bounds 0 the image stays bit for bit as it is. Source: book section 7.4; Simard, Steinkraus, Platt 2003.
/// </summary>
public sealed record RandomAffine : ImageAugmentation
{
    /// <summary>The greatest shift in pixels, in each direction, at least 0; 0 by default.</summary>
    public double Shift { get; init => field = Settings.NotNegative(value); }

    /// <summary>The greatest rotation in degrees, at least 0; 0 by default. Digits 6 and 9 set a limit to it.</summary>
    public double Rotation { get; init => field = Settings.NotNegative(value); }

    /// <summary>The greatest relative change of size, at least 0 and below 1; 0 by default.</summary>
    public double Scale { get; init => field = Settings.Rate(value); }

    /// <summary>The greatest horizontal shear, in columns per row, at least 0; 0 by default.</summary>
    public double Shear { get; init => field = Settings.NotNegative(value); }

    /// <summary>Whether shifts are whole pixels; false by default.</summary>
    public bool WholePixels { get; init; }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, Span<float> result, ImageSize size, long label, RandomSource random)
    {
        double down = random.NextUniform(-Shift, Shift), right = random.NextUniform(-Shift, Shift);
        if (WholePixels)
            (down, right) = (Math.Round(down), Math.Round(right));
        (double sin, double cos) = PortableMath.SinCosTurns(random.NextUniform(-Rotation, Rotation) / 360.0);
        double scale = 1.0 / (1.0 + random.NextUniform(-Scale, Scale)), shear = random.NextUniform(-Shear, Shear);
        double middleRow = 0.5 * (size.Height - 1), middleColumn = 0.5 * (size.Width - 1);
        for (int row = 0; row < size.Height; row++)
        {
            for (int column = 0; column < size.Width; column++)
            {
                // From the place in the result back to the place in the image.
                double y = row - middleRow - down, x = column - middleColumn - right;
                double sourceY = scale * ((cos * y) - (sin * x)), sourceX = scale * ((sin * y) + (cos * x));
                sourceX += shear * sourceY;
                for (int channel = 0; channel < size.Channels; channel++)
                {
                    result[(channel * size.Pixels) + (row * size.Width) + column] =
                        At(image.Slice(channel * size.Pixels, size.Pixels), size, middleRow + sourceY, middleColumn + sourceX);
                }
            }
        }
    }
}
