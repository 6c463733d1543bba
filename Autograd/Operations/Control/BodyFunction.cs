using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>A body made ready to run again and again.</summary>
public abstract class BodyFunction
{
    /// <summary>What a loop over the body may take.</summary>
    internal abstract LoopLimits Limits { get; }

    /// <summary>The size of a symbol of the graph around the body; null where it is not known.</summary>
    internal abstract int? SizeOf(Symbol symbol);

    /// <summary>Runs the body.</summary>
    /// <param name="inputs">One value for each input.</param>
    /// <param name="outputs">A place for each output, in memory of its own; where there is none, or none that fits, one is made.</param>
    /// <param name="workers">The threads.</param>
    /// <param name="cancellation">Ends the run early.</param>
    internal abstract void Run(ReadOnlySpan<Value> inputs, Span<Value> outputs, Workers workers, CancellationToken cancellation);
}
