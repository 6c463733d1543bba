namespace Toolkit.Samples.Reviews;

/// <summary>Numbers of words without a dictionary: a hash, the same in every run. Source: Weinberger et al., "Feature hashing for large scale multitask learning", 2009.</summary>
internal static class HashedWords
{
    public const int Buckets = 4096;

    /// <summary>The number of a word, from 0 to <see cref="Buckets"/> − 1 (Fowler, Noll and Vo's hash of 32 bits, folded).</summary>
    public static long Of(string word)
    {
        uint hash = 2166136261;
        foreach (char c in word)
            hash = unchecked((hash ^ char.ToLowerInvariant(c)) * 16777619);
        return (hash ^ (hash >> 16)) % Buckets;
    }
}
