namespace Toolkit.Modeling;

/// <summary>Everything a <see cref="RandomSource"/> consists of: saved and restored, it continues bit for bit.</summary>
/// <param name="Key">The key of the stream, from the seed and the forks that led to it.</param>
/// <param name="Counter">How many 32-bit words have been drawn.</param>
public readonly record struct RandomState(ulong Key, ulong Counter);
