namespace Toolkit.Modeling.Initializers;

/// <summary>Normally distributed.</summary>
/// <param name="Deviation">The standard deviation, at least 0.</param>
/// <param name="Mean">The mean; 0 by default.</param>
public sealed record Normal(double Deviation, double Mean = 0.0) : Initializer
{
    /// <summary>The standard deviation, at least 0.</summary>
    public double Deviation { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Deviation);

    /// <summary>The mean, a finite number.</summary>
    public double Mean { get; init => field = Settings.Finite(value); } = Settings.Finite(Mean);

    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random) => random.FillNormal(elements, Mean, Deviation);
}
