using Toolkit.Autograd.Compilation.Passes;
using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Compilation;

/// <summary>The passes that decide which nodes run together, in their order.</summary>
internal static class Grouping
{
    private static readonly GroupingPass[] Passes = [new FuseEpilogues(), new FuseElementwise()];

    /// <summary>The groups of some nodes, in an order in which they can run.</summary>
    /// <param name="nodes">The nodes in topological order.</param>
    /// <param name="roots">The outputs and the new values of parameters.</param>
    /// <param name="options">The switches.</param>
    public static IReadOnlyList<Group> Of(IEnumerable<Node> nodes, IReadOnlyList<Variable> roots, CompilationOptions options) =>
        Passes.Where(pass => pass.IsOn(options)).Aggregate<GroupingPass, IReadOnlyList<Group>>([.. nodes.Select(Group.Of)], (groups, pass) => pass.Apply(groups, roots));
}
