namespace Toolkit.Modeling.Initializers;

/// <summary>Every element 0: the usual start of biases. Weights must not all be equal, or units stay copies of each other (book
/// section 8.4).</summary>
public sealed record Zeros : Initializer
{
    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random) => elements.Clear();
}
