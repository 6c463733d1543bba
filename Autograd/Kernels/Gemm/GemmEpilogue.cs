namespace Toolkit.Autograd.Kernels;

/// <summary>What is done to each element of a product while it is still in cache: add its column's bias, then rectify.</summary>
/// <remarks>relu(x) = x &lt; 0 ? 0 : x, so NaN stays NaN.</remarks>
internal readonly ref struct GemmEpilogue<T>
    where T : unmanaged
{
    /// <summary>Gets the bias, one value per column, or an empty span for none.</summary>
    public ReadOnlySpan<T> Bias { get; init; }

    /// <summary>Gets a value indicating whether negative results become 0.</summary>
    public bool Relu { get; init; }
}
