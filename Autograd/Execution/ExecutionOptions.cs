using Toolkit.Autograd.Compilation;

namespace Toolkit.Autograd.Execution;

/// <summary>How a function runs. Results do not depend on the number of threads, bit for bit.</summary>
public sealed record ExecutionOptions
{
    /// <summary>The number of threads that kernels may use; the default is the number of processors.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Whether the function keeps the parameters' values of the moment it is compiled: they become constants, what follows from them is computed once, and
    /// weights are packed once. Later changes of a parameter are not seen. For inference; a function with updates is refused.
    /// </summary>
    public bool FixedParameters { get; init; }

    /// <summary>What the compiler may do to the graph; the default is everything.</summary>
    public CompilationOptions Compilation { get; init; } = new();
}
