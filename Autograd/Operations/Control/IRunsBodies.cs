using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>An operation that decides which of its bodies run, how often, and on what. How a body runs is the business of the interpreter or of a plan.</summary>
public interface IRunsBodies : IHasBodies, IHasKernel
{
    /// <summary>Computes the results.</summary>
    /// <param name="run">Inputs, places for the results, and what runs a body.</param>
    void Run(BodyRun run);
}
