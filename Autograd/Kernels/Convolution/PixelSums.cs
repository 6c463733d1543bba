namespace Toolkit.Autograd.Kernels;

/// <summary>Where the sums of a tile of pixels begin and end, and what is asked for meanwhile.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal unsafe struct PixelSums<T>
    where T : unmanaged
{
    // Weights of this size stay in the second-level cache beside the image.
    private const long NearBytes = 512 * 1024;

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

    /// <summary>How far <see cref="Ahead"/> moves with every tap; 0 where nothing is asked for.</summary>
    public nint AheadStep;

    /// <summary>The step with which some panels of pixels together ask for as many weights as they read; 0 where all weights stay near.</summary>
    /// <param name="width">Weights of a tap.</param>
    /// <param name="panels">Panels.</param>
    /// <param name="count">Weights of all.</param>
    public static nint Step(int width, int panels, long count) => count * sizeof(T) <= NearBytes ? 0 : (width + panels - 1) / panels;
}
