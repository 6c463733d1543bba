namespace Toolkit.Modeling.Initializers;

/// <summary>Uniformly distributed in [Low, High).</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record Uniform(double Low, double High) : Initializer
{
    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, Fan fan, RandomSource random) => random.FillUniform(elements, Low, High);
}
