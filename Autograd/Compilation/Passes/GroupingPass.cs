using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>One way of putting nodes together that one step computes, after all rewritings.</summary>
internal abstract class GroupingPass : Pass
{
    /// <summary>Puts groups together; those that it does not know stay as they are.</summary>
    /// <param name="groups">The groups in an order in which they can run.</param>
    /// <param name="roots">The outputs and the new values of parameters.</param>
    /// <returns>The groups in an order in which they can run.</returns>
    public abstract IReadOnlyList<Group> Apply(IReadOnlyList<Group> groups, IReadOnlyList<Variable> roots);
}
