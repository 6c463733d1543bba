using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>A body made ready to run again and again.</summary>
public abstract class BodyFunction
{
    /// <summary>Runs the body.</summary>
    /// <param name="inputs">One value for each input.</param>
    /// <param name="outputs">A place for each output, in memory of its own; where there is none, or none that fits, one is made.</param>
    /// <param name="workers">The threads.</param>
    internal abstract void Run(ReadOnlySpan<Value> inputs, Span<Value> outputs, Workers workers);
}
