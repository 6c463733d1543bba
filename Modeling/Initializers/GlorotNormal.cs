namespace Toolkit.Modeling.Initializers;

/// <summary>Normal with the variance 2 / (in + out), that of book equation 8.23. Source: Glorot, Bengio, "Understanding the difficulty
/// of training deep feedforward neural networks", 2010.</summary>
public sealed record GlorotNormal : Initializer
{
    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random) =>
        random.FillNormal(elements, 0.0, Math.Sqrt(2.0 / ((double)fan.In + fan.Out)));
}
