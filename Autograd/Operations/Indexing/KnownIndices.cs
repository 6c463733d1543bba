namespace Toolkit.Autograd.Operations.Indexing;

/// <summary>What is known of indices before they are there.</summary>
/// <param name="Below">Each is at least 0 and less than this.</param>
/// <param name="Repeats">None occurs more often than this.</param>
internal readonly record struct KnownIndices(int Below, int Repeats);

/// <summary>An operation with a result of indices about which something is known, so that no reader needs to look whether they lie within an axis.</summary>
internal interface IMakesIndices
{
    /// <summary>What is known of the indices of a result; null where it holds no indices, or nothing is known.</summary>
    /// <param name="output">The position of the result.</param>
    /// <param name="sizes">The sizes of the operation's first input.</param>
    KnownIndices? IndicesOf(int output, ReadOnlySpan<int> sizes);
}
