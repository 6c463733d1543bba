namespace Toolkit.Modeling.Initializers;

/// <summary>Uniformly distributed in [Low, High).</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end, at least the lower one.</param>
public sealed record Uniform(double Low, double High) : Initializer
{
    /// <summary>The lower end, a finite number.</summary>
    public double Low { get; init => field = Settings.Finite(value); } = Settings.Finite(Low);

    /// <summary>The upper end, a finite number, at least the lower one.</summary>
    public double High { get; init => field = Settings.Finite(value); } = Settings.NotBelow(Low, High);

    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random) => random.FillUniform(elements, Low, High);
}
