namespace Toolkit.Modeling.Data.Augmentation;

/// <summary>
/// Moves each pixel by a smooth random field: uniform noise in [−1, 1], smoothed by a Gaussian of deviation <paramref name="Smoothness"/> and multiplied by
/// <paramref name="Strength"/>, in both directions. Source: Simard, Steinkraus, Platt, "Best practices for convolutional neural networks", 2003 (4 and 34 for
/// MNIST); book section 7.4.
/// </summary>
/// <param name="Strength">α in pixels, at least 0.</param>
/// <param name="Smoothness">σ in pixels, above 0.</param>
public sealed record ElasticDeformation(double Strength, double Smoothness) : ImageAugmentation
{
    /// <summary>α in pixels, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <summary>σ in pixels, above 0.</summary>
    public double Smoothness { get; init => field = Settings.Positive(value); } = Settings.Positive(Smoothness);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, Span<float> result, ImageSize size, long label, RandomSource random)
    {
        double strength = Strength;
        double[] kernel = Kernel(Smoothness);
        double[] down = Field(size, kernel, random), right = Field(size, kernel, random);
        for (int i = 0; i < size.Pixels; i++)
        {
            (int row, int column) = (i / size.Width, i % size.Width);
            for (int channel = 0; channel < size.Channels; channel++)
            {
                result[(channel * size.Pixels) + i] = At(
                    image.Slice(channel * size.Pixels, size.Pixels), size, row + (strength * down[i]), column + (strength * right[i]));
            }
        }
    }

    private static double[] Kernel(double deviation)
    {
        int reach = (int)Math.Ceiling(3.0 * deviation);
        double[] kernel = [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(i => Math.Exp(-0.5 * i * i / (deviation * deviation)))];
        double sum = kernel.Sum();
        return [.. kernel.Select(k => k / sum)];
    }

    private static double[] Field(ImageSize size, double[] kernel, RandomSource random)
    {
        var noise = new double[size.Pixels];
        for (int i = 0; i < noise.Length; i++)
            noise[i] = random.NextUniform(-1.0, 1.0);
        return Smooth(Smooth(noise, size, kernel, 1, 0), size, kernel, 0, 1);
    }

    private static double[] Smooth(double[] field, ImageSize size, double[] kernel, int rowStep, int columnStep)
    {
        var result = new double[field.Length];
        int reach = kernel.Length / 2;
        for (int i = 0; i < field.Length; i++)
        {
            (int row, int column) = (i / size.Width, i % size.Width);
            for (int k = -reach; k <= reach; k++)
            {
                (int r, int c) = (row + (k * rowStep), column + (k * columnStep));
                if (r >= 0 && r < size.Height && c >= 0 && c < size.Width)
                    result[i] += kernel[k + reach] * field[(r * size.Width) + c];
            }
        }

        return result;
    }
}
