namespace Toolkit.Autograd.Kernels;

/// <summary>What <see cref="Reductions"/> computes.</summary>
internal enum ReductionKind
{
    /// <summary>Σ x; 0 for no elements.</summary>
    Sum,

    /// <summary>Σ x / n; NaN for no elements. Floating point only.</summary>
    Mean,

    /// <summary>Largest element, NaN if one is NaN; −∞ (smallest integer) for no elements.</summary>
    Max,

    /// <summary>Smallest element, NaN if one is NaN; +∞ (largest integer) for no elements.</summary>
    Min,

    /// <summary>Π x; 1 for no elements.</summary>
    Prod,
}
