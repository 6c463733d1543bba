namespace Toolkit.Modeling.Initializers;

/// <summary>Normally distributed.</summary>
/// <param name="Deviation">The standard deviation.</param>
/// <param name="Mean">The mean; 0 by default.</param>
public sealed record Normal(double Deviation, double Mean = 0.0) : Initializer
{
    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, Fan fan, RandomSource random) => random.FillNormal(elements, Mean, Deviation);
}
