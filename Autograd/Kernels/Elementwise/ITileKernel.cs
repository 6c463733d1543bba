namespace Toolkit.Autograd.Kernels;

/// <summary>What one instruction of an <see cref="ElementwiseChain"/> does to a tile.</summary>
internal interface ITileKernel
{
    /// <summary>The name, which with the element type decides what is done.</summary>
    string Name { get; }

    /// <summary>
    /// The function of vectors of eight float32 numbers with the bits of <see cref="Apply"/>; null where there is none. It takes part in generated loops
    /// (<see cref="VectorLoop"/>).
    /// </summary>
    Delegate? VectorFunction { get; }

    /// <summary>Computes the elements of one tile.</summary>
    /// <param name="tile">Inputs and output.</param>
    void Apply(TileArguments tile);
}
