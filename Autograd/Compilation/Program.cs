using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// A signature made ready to run whatever its sizes: what runs together, in which order, and what lives how long. It is made once and never changes; a
/// <see cref="Plan"/> adds what depends on sizes.
/// </summary>
internal sealed class Program
{
    /// <summary>The computation, rewritten.</summary>
    public required Signature Signature { get; init; }

    /// <summary>Every shape that occurs, once.</summary>
    public required Shape[] Shapes { get; init; }

    /// <summary>Where each value lies. A view comes after what it views.</summary>
    public required Place[] Places { get; init; }

    /// <summary>What is computed when the sizes are known, in order.</summary>
    public required EarlyNode[] Early { get; init; }

    /// <summary>The steps of a run, in order.</summary>
    public required ProgramStep[] Steps { get; init; }

    /// <summary>The kernels of the steps that know all of their sizes (<see cref="ProgramStep.IsSized"/>), which all plans share; null until the first plan has made them.</summary>
    public required Kernel?[] SharedKernels { get; init; }

    /// <summary>The first step that writes a parameter: from here on no step may fail.</summary>
    public required int FirstInPlace { get; init; }

    /// <summary>The blocks of the arena.</summary>
    public required Buffer[] Buffers { get; init; }

    /// <summary>Where the caller's values go.</summary>
    public required InputArgument[] InputArguments { get; init; }

    /// <summary>The place of each output.</summary>
    public required int[] Outputs { get; init; }

    /// <summary>The outputs that need not be copied.</summary>
    public required DirectOutput[] DirectOutputs { get; init; }

    /// <summary>The parameters and constants that steps read or write.</summary>
    public required Value[] FixedValues { get; init; }

    /// <summary>What is copied into parameters after all steps.</summary>
    public required Commit[] Commits { get; init; }

    /// <summary>What one run may take.</summary>
    public required Limits Limits { get; init; }

    /// <summary>Whether intermediate results whose life does not overlap share memory.</summary>
    public required bool ReuseMemory { get; init; }
}
