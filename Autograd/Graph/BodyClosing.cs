using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>
/// Closes computations that read variables of the graph around them: each such variable becomes one further input of every body, and an input of the node. Constants stay
/// inside.
/// </summary>
public static class BodyClosing
{
    /// <summary>Closes computations.</summary>
    /// <param name="open">For each body its own inputs and its outputs.</param>
    /// <param name="isOutside">Says of a variable that it belongs to the graph around the bodies; null where only parameters and foreign inputs do.</param>
    /// <returns>The bodies, whose own inputs come first and the captured variables' after them, and the captured variables in the order of their first use.</returns>
    public static (IReadOnlyList<Body> Bodies, IReadOnlyList<Variable> Captured) Close(
        IReadOnlyList<(IReadOnlyList<Variable> Inputs, IReadOnlyList<Variable> Outputs)> open, Func<Variable, bool>? isOutside = null)
    {
        var own = new HashSet<Variable>(open.SelectMany(body => body.Inputs), ReferenceEqualityComparer.Instance);
        var captured = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        var order = new List<Variable>();
        bool IsOutside(Variable v) => !own.Contains(v) && v.Constant is null && (v.Producer is null || isOutside?.Invoke(v) == true);
        Variable[] roots = [.. open.SelectMany(body => body.Outputs)];
        foreach (Variable variable in TopologicalOrder.Of(roots, IsOutside).SelectMany(node => node.Inputs).Concat(roots).Where(IsOutside))
        {
            if (captured.TryAdd(variable, Variable.Formal(variable.Name ?? "captured", variable.Type, variable.Content)))
                order.Add(variable);
        }

        var inside = new Substitution(captured);
        Variable[] formals = [.. order.Select(variable => captured[variable])];
        return ([.. open.Select(body => new Body([.. body.Inputs, .. formals], [.. body.Outputs.Select(inside.Map)]))], order);
    }

    /// <summary>Closes a computation that is repeated: what does not depend on its own inputs is computed once, outside.</summary>
    /// <param name="inputs">The body's own inputs.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <returns>The body and the captured variables.</returns>
    public static (Body Body, IReadOnlyList<Variable> Captured) CloseRepeated(IReadOnlyList<Variable> inputs, IReadOnlyList<Variable> outputs)
    {
        var dependent = new HashSet<Variable>(inputs, ReferenceEqualityComparer.Instance);
        foreach (Node node in TopologicalOrder.Of(outputs))
        {
            if (node.Inputs.Any(dependent.Contains))
                dependent.UnionWith(node.Outputs);
        }

        (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = Close([(inputs, outputs)], variable => !dependent.Contains(variable));
        return (bodies[0], captured);
    }
}
