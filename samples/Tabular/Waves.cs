namespace Toolkit.Samples.Tabular;

/// <summary>Sines and cosines of a number at doubled frequencies: what changes within a small range of it, a network sees in waves sooner than in the number.
/// Source: Gorishniy, Rubachev and Babenko, On Embeddings for Numerical Features in Tabular Deep Learning, 2022 (periodic activations, here fixed).</summary>
internal static class Waves
{
    /// <summary>sin(2ᵏx) and cos(2ᵏx) for k = 0, 1, … below a count.</summary>
    public static IEnumerable<float> Of(float x, int count) => Enumerable.Range(0, count).SelectMany(k => new[] { MathF.Sin(x * (1 << k)), MathF.Cos(x * (1 << k)) });
}
