using Toolkit.Autograd.Compilation;

namespace Toolkit.Autograd.Execution;

/// <summary>How a function runs. Results do not depend on the number of threads, bit for bit.</summary>
public sealed record ExecutionOptions
{
    /// <summary>The number of threads that kernels may use, the caller's and those of the process's thread pool, which all functions share; the default is the number of processors.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// For how many sets of input sizes a function keeps its plan and the memory of that: the least recently used one is given up for a new one, and made again
    /// when its sizes come back. 8 by default, at least 1. The plans of a function with updates, such as a training step, share their memory.
    /// </summary>
    public int KeptPlans { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(KeptPlans), value, "Expected at least 1 plan."); } = 8;

    /// <summary>
    /// How many blocks of working memory a plan keeps for runs to come. Runs at the same time have one each; what they give back beyond this number is freed. The default is
    /// the number of processors, at least 1.
    /// </summary>
    public int KeptArenas { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(KeptArenas), value, "Expected at least 1 arena."); } =
        Environment.ProcessorCount;

    /// <summary>
    /// Whether the function keeps the parameters' values of the moment it is compiled: they become constants, what follows from them is computed once, and
    /// weights are packed once. Later changes of a parameter are not seen. For inference; a function with updates is refused.
    /// </summary>
    public bool FixedParameters { get; init; }

    /// <summary>What one run may take; by default there is no limit but those of tensors.</summary>
    public Limits Limits { get; init; } = new();

    /// <summary>What the compiler may do to the graph; the default is everything.</summary>
    public CompilationOptions Compilation { get; init; } = new();
}
