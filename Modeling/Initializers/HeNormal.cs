namespace Toolkit.Modeling.Initializers;

/// <summary>Normal with the variance 2 / in, for rectified units, half of which are silent. Source: He, Zhang, Ren, Sun, "Delving deep
/// into rectifiers", 2015.</summary>
public sealed record HeNormal : Initializer
{
    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random) =>
        random.FillNormal(elements, 0.0, Math.Sqrt(2.0 / fan.In));
}
