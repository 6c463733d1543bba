namespace Toolkit.Modeling.Initializers;

/// <summary>Every element the same number; 0.1 for biases of rectified units (book section 6.3.1).</summary>
/// <param name="Value">The number.</param>
public sealed record Constant(double Value) : Initializer
{
    /// <summary>The number, finite.</summary>
    public double Value { get; init => field = Settings.Finite(value); } = Settings.Finite(Value);

    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random) => elements.Fill((float)Value);
}
