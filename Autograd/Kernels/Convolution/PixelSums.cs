namespace Toolkit.Autograd.Kernels;

/// <summary>Where the sums of a tile of pixels begin and end, and what is asked for meanwhile.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal unsafe struct PixelSums<T>
    where T : unmanaged
{
    /// <summary>Two vectors for each pixel.</summary>
    public T* At;

    /// <summary>Whether the sums begin anew, not at what stands there.</summary>
    public bool Fresh;

    /// <summary>The two vectors that fresh sums of every pixel begin with, or null for zeros.</summary>
    public T* Start;

    /// <summary>Whether negative sums become 0 in the end.</summary>
    public bool Relu;

    /// <summary>Weights that come later; they need not be readable.</summary>
    public T* Ahead;

    /// <summary>How far <see cref="Ahead"/> moves with every tap.</summary>
    public nint AheadStep;
}
