namespace Toolkit.Modeling.Initializers;

/// <summary>Uniform in ±√(6 / in), for rectified units. Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015.</summary>
public sealed record HeUniform : Initializer
{
    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random)
    {
        double limit = Math.Sqrt(6.0 / fan.In);
        random.FillUniform(elements, -limit, limit);
    }
}
