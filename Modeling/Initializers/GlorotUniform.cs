namespace Toolkit.Modeling.Initializers;

/// <summary>Uniform in ±√(6 / (in + out)), the normalized initialization of book equation 8.23: keeps the variance of activations and
/// gradients about equal across layers. Source: Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural
/// networks", 2010.</summary>
public sealed record GlorotUniform : Initializer
{
    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random)
    {
        double limit = Math.Sqrt(6.0 / ((double)fan.In + fan.Out));
        random.FillUniform(elements, -limit, limit);
    }
}
