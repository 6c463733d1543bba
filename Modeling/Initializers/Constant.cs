namespace Toolkit.Modeling.Initializers;

/// <summary>Every element the same number; 0.1 for biases of rectified units (book section 6.3.1).</summary>
/// <param name="Value">The number.</param>
public sealed record Constant(double Value) : Initializer
{
    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, Fan fan, RandomSource random) => elements.Fill((float)Value);
}
