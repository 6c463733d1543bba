namespace Toolkit.Autograd.Compilation;

/// <summary>The switches of the compiler. Each rewriting keeps results equal up to rounding; the switches serve tests and the search for faults, but for the one that trades time for memory.</summary>
public sealed record CompilationOptions
{
    /// <summary>Every rewriting switched off.</summary>
    public static CompilationOptions None { get; } =
        new()
        {
            MergeEqualNodes = false,
            FoldConstants = false,
            TakeKnownBranches = false,
            RemoveIdentities = false,
            FoldScales = false,
            MultiplyIntegers = false,
            ReadTransposed = false,
            FuseElementwise = false,
            GenerateLoops = false,
            FuseEpilogues = false,
            PackConstants = false,
            Winograd = false,
            UpdateInPlace = false,
            ReuseMemory = false,
        };

    /// <summary>Whether nodes with equal operations and inputs become one.</summary>
    public bool MergeEqualNodes { get; init; } = true;

    /// <summary>Whether nodes with only constant inputs are computed at compile time.</summary>
    public bool FoldConstants { get; init; } = true;

    /// <summary>Whether an If whose condition is known at compile time becomes the branch that is taken.</summary>
    public bool TakeKnownBranches { get; init; } = true;

    /// <summary>Whether operations that change nothing, such as a product with 1 or an expansion that broadcasting makes superfluous, are left out.</summary>
    public bool RemoveIdentities { get; init; } = true;

    /// <summary>Whether constants that multiply the channels of a convolution or a product with constant weights, or are added to them, go into weights and bias.</summary>
    public bool FoldScales { get; init; } = true;

    /// <summary>Whether products and convolutions of dequantized numbers of eight bits multiply the integers, so that weights stay in eight bits.</summary>
    public bool MultiplyIntegers { get; init; } = true;

    /// <summary>Whether products of stacks of matrices read transposed factors as they lie and write transposed results at once, without a copy.</summary>
    public bool ReadTransposed { get; init; } = true;

    /// <summary>Whether chains of elementwise operations run tile by tile.</summary>
    public bool FuseElementwise { get; init; } = true;

    /// <summary>Whether large chains of float32 arithmetic become generated loops that keep numbers in registers. The bits are the same.</summary>
    public bool GenerateLoops { get; init; } = true;

    /// <summary>Whether a bias and a rectifier after a product or a convolution are applied where the product is computed.</summary>
    public bool FuseEpilogues { get; init; } = true;

    /// <summary>Whether constant weights are brought into the order in which kernels read them once, not in every run. It takes memory of their size again.</summary>
    public bool PackConstants { get; init; } = true;

    /// <summary>Whether float32 convolutions with 3×3 and 5×5 kernels and many channels, and their gradients, use Winograd's minimal filtering: fewer
    /// multiplications, with rounding errors some times those of plain sums (a few millionths of the largest result).</summary>
    public bool Winograd { get; init; } = true;

    /// <summary>Whether new values of parameters are written over the old ones where nothing reads the old ones any more.</summary>
    public bool UpdateInPlace { get; init; } = true;

    /// <summary>
    /// Whether gradients compute values of the function that they differentiate, the first output, anew instead of keeping them all; not by default. A step of training on n equal layers then needs the memory of about 2√n of
    /// them instead of n, for a second forward pass at most. The bits are the same.
    /// </summary>
    public bool RecomputeActivations { get; init; }

    /// <summary>Whether intermediate results whose life does not overlap share memory.</summary>
    public bool ReuseMemory { get; init; } = true;
}
