using System.Numerics;

namespace Toolkit.Modeling.Data;

/// <summary>The common length of sequences side by side.</summary>
internal static class Padded
{
    /// <summary>The greatest of the lengths, at least 1, rounded up to three significant binary digits: at most a quarter is added, and few different lengths come up, each
    /// of which needs a plan of its own. What is added does not count.</summary>
    public static int Length(ReadOnlySpan<int> lengths)
    {
        int longest = 1;
        foreach (int length in lengths)
            longest = Math.Max(longest, length);
        int unit = 1 << Math.Max(BitOperations.Log2((uint)longest) - 2, 0);
        return (longest + unit - 1) / unit * unit;
    }
}
