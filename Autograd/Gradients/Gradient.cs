using Toolkit.Autograd.Gradients.Equivalents;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Gradients;

/// <summary>
/// Gradients as new nodes of the same graph, by general back-propagation (book algorithms 6.5 and 6.6). Only what lies between the variable that is
/// differentiated and the variables asked for is visited, and each gradient is built once. A gradient is an ordinary variable: it can be
/// differentiated again.
/// </summary>
public static partial class Gradient
{
    /// <summary>∂y/∂wrt for a scalar y.</summary>
    /// <param name="y">A floating-point variable with one element.</param>
    /// <param name="wrt">The variable to differentiate by.</param>
    /// <returns>A variable of the type and shape of <paramref name="wrt"/>; zeros if y does not depend on it.</returns>
    /// <exception cref="GradientException">y is not a floating-point scalar, or a derivative on the way is not defined.</exception>
    public static Variable Of(Variable y, Variable wrt) => Of(y, [wrt])[0];

    /// <summary>∂y/∂wrt for a scalar y and several variables.</summary>
    /// <param name="y">A floating-point variable with one element.</param>
    /// <param name="wrt">The variables to differentiate by.</param>
    /// <returns>One variable for each, zeros where y does not depend on it.</returns>
    /// <exception cref="GradientException">y is not a floating-point scalar, or a derivative on the way is not defined.</exception>
    public static IReadOnlyList<Variable> Of(Variable y, IReadOnlyList<Variable> wrt) =>
        [.. OrNull(y, wrt).Select((g, i) => g ?? Ops.ExpandLike(Variable.Scalar(0, wrt[i].DType), wrt[i]))];

    /// <summary>∂y/∂wrt for a scalar y and several variables, with null where y does not depend on a variable.</summary>
    /// <param name="y">A floating-point variable with one element.</param>
    /// <param name="wrt">The variables to differentiate by.</param>
    /// <exception cref="GradientException">y is not a floating-point scalar, or a derivative on the way is not defined.</exception>
    public static IReadOnlyList<Variable?> OrNull(Variable y, IReadOnlyList<Variable> wrt)
    {
        if (!y.DType.IsFloating() || y.Shape.ElementCount != 1)
        {
            throw new GradientException($"Expected a floating-point scalar to differentiate, found {y}. Sum or average it first, or use PullBack.");
        }

        return PullBack([y], [Ops.ExpandLike(Variable.Scalar(1, y.DType), y)], wrt);
    }

    /// <summary>The vector-Jacobian product: Σᵢ seedᵢᵀ ∂yᵢ/∂wrt.</summary>
    /// <param name="ys">The variables to differentiate.</param>
    /// <param name="seeds">The gradient that comes in at each of them, of its type and shape; null for zero.</param>
    /// <param name="wrt">The variables to differentiate by.</param>
    /// <returns>One variable for each, null where no y depends on it.</returns>
    /// <exception cref="GradientException">A variable asked for has no floating-point type, a seed has not the type of its variable, or a derivative on the way is not defined.</exception>
    public static IReadOnlyList<Variable?> PullBack(IReadOnlyList<Variable> ys, IReadOnlyList<Variable?> seeds, IReadOnlyList<Variable> wrt)
    {
        if (seeds.Count != ys.Count)
            throw new GradientException($"Expected a seed for each of {ys.Count} variables, found {seeds.Count}.");
        for (int i = 0; i < ys.Count; i++)
        {
            // Symbols of another name may turn out to be the same size.
            if (seeds[i] is { } seed && (seed.DType != ys[i].DType || seed.Shape.Rank != ys[i].Shape.Rank || seed.Shape.Zip(ys[i].Shape).Any(axis => axis.First.IsStatic && axis.Second.IsStatic && axis.First != axis.Second)))
                throw new GradientException($"Expected a seed of the type of its variable, {ys[i].Type}, found {seed.Type}.");
        }

        return PullBack(ys, seeds, wrt, null);
    }

    /// <summary>The vector-Jacobian product; nothing is followed behind the variables at which it stops.</summary>
    private static IReadOnlyList<Variable?> PullBack(
        IReadOnlyList<Variable> ys, IReadOnlyList<Variable?> seeds, IReadOnlyList<Variable> wrt, Func<Variable, bool>? stops)
    {
        foreach (Variable variable in wrt)
        {
            if (!variable.DType.IsFloating())
            {
                throw new GradientException($"Expected floating-point variables to differentiate by, found {variable}.");
            }
        }

        // The grad_table of algorithm 6.5: the sum of all contributions to a variable's gradient that have arrived.
        var table = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < ys.Count; i++)
        {
            if (seeds[i] is { } seed)
            {
                Accumulate(table, ys[i], seed);
            }
        }

        IReadOnlyList<Node> order = TopologicalOrder.Of(ys, stops);
        RequireSameGraph(ys, wrt, order);
        HashSet<Variable> between = DependentOn(wrt, order), asked = new(wrt, ReferenceEqualityComparer.Instance);
        for (int i = order.Count - 1; i >= 0; i--)
        {
            Node node = order[i];
            var gradients = new Variable?[node.Outputs.Count];
            bool any = false;
            for (int o = 0; o < gradients.Length; o++)
            {
                any |= table.TryGetValue(node.Outputs[o], out gradients[o]);
            }

            if (any && node.Inputs.Any(between.Contains))
            {
                try
                {
                    Propagate(node, gradients, between, asked, table);
                }
                catch (GradientException undefined) when (order.Count > 1)
                {
                    throw new GradientException($"{undefined.Message} The way to it: {new GradientPath(order, between, ys, wrt).Through(node)}.", undefined);
                }
            }
        }

        return [.. wrt.Select(variable => table.GetValueOrDefault(variable))];
    }

    /// <summary>Refuses an input where another of its name is read: gradients of 0 would say that nothing depends on it.</summary>
    private static void RequireSameGraph(IReadOnlyList<Variable> ys, IReadOnlyList<Variable> wrt, IReadOnlyList<Node> order)
    {
        if (!wrt.Any(variable => variable.IsInput))
            return;
        HashSet<Variable> read = new(order.SelectMany(node => node.Inputs).Concat(ys).OfType<Variable>().Where(variable => variable.IsInput), ReferenceEqualityComparer.Instance);
        if (wrt.FirstOrDefault(variable => variable.IsInput && !read.Contains(variable) && read.Any(other => other.Name == variable.Name)) is { } strange)
        {
            throw new GradientException(
                $"Expected to differentiate by the input \"{strange.Name}\" that is read, found another of the same name. A model's Inference is a new graph at each reading: read it once and keep it.");
        }
    }

    private static void Propagate(Node node, Variable?[] gradients, HashSet<Variable> between, HashSet<Variable> asked, Dictionary<Variable, Variable> table)
    {
        if (Equivalent.Of(node, asked) is { } equal && equal.Behind.Any(between.Contains))
        {
            PropagateThrough(node, equal.Same, equal.Behind, gradients, between, table);
            return;
        }

        bool[] wanted = new bool[node.Inputs.Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = node.Inputs.Optional(i) is { } input && between.Contains(input);
        }

        var request = new BpropRequest(node, gradients, wanted, same => PullBackToInputs(node, same, gradients, wanted), PullBack);
        IReadOnlyList<Variable?> contributions = node.Operation.Bprop(request);
        if (contributions.Count != wanted.Length)
        {
            throw new GradientException($"Expected {wanted.Length} contributions from the rule of {node}, one for each input, found {contributions.Count}.");
        }

        // What the rule has built belongs to the place of the node.
        node.Origin?.Mark(contributions.OfType<Variable>(), [.. node.Inputs, .. node.Outputs, .. gradients.OfType<Variable>()]);
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] && contributions[i] is { } contribution)
            {
                if (contribution.Type != node.Inputs[i].Type)
                {
                    throw new GradientException(
                        $"The gradient of {node} with respect to input {i} has the type {contribution.Type}; expected {node.Inputs[i].Type}.");
                }

                Accumulate(table, node.Inputs[i], contribution);
            }
        }
    }

    /// <summary>Adds to the gradients of variables further behind what a node owes them, through an equal function of theirs.</summary>
    private static void PropagateThrough(
        Node node, Variable same, IReadOnlyList<Variable> behind, Variable?[] gradients, HashSet<Variable> between, Dictionary<Variable, Variable> table)
    {
        Variable[] wanted = [.. behind.Where(between.Contains).Distinct()];
        IReadOnlyList<Variable?> found = PullBack([same], gradients, wanted, behind.Contains);
        node.Origin?.Mark(found.OfType<Variable>(), [.. behind, .. node.Outputs, .. gradients.OfType<Variable>()]);
        for (int i = 0; i < wanted.Length; i++)
        {
            if (found[i] is { } contribution)
                Accumulate(table, wanted[i], contribution);
        }
    }

    /// <summary>The contributions to a node's wanted inputs through the same results in other operations. It stops at the node's inputs: what one of them
    /// owes to another is the business of the nodes before.</summary>
    private static Variable?[] PullBackToInputs(Node node, IReadOnlyList<Variable> same, IReadOnlyList<Variable?> gradients, bool[] wanted)
    {
        var stops = new HashSet<Variable>(node.Inputs, ReferenceEqualityComparer.Instance);
        int[] positions = [.. Enumerable.Range(0, wanted.Length).Where(i => wanted[i]).DistinctBy(i => node.Inputs[i])];
        IReadOnlyList<Variable?> found = PullBack(same, gradients, [.. positions.Select(i => node.Inputs[i])], stops.Contains);
        var contributions = new Variable?[wanted.Length];
        for (int i = 0; i < positions.Length; i++)
        {
            contributions[positions[i]] = found[i];
        }

        return contributions;
    }

    private static void Accumulate(Dictionary<Variable, Variable> table, Variable variable, Variable contribution) =>
        table[variable] = table.TryGetValue(variable, out Variable? sum) ? Choice.Add(sum, contribution, variable) : contribution;

    /// <summary>The floating-point variables that depend on one of those asked for, those included.</summary>
    private static HashSet<Variable> DependentOn(IReadOnlyList<Variable> wrt, IReadOnlyList<Node> order)
    {
        var result = new HashSet<Variable>(wrt, ReferenceEqualityComparer.Instance);
        foreach (Node node in order)
        {
            if (node.Inputs.Any(result.Contains))
            {
                foreach (Variable output in node.Outputs)
                {
                    if (output.DType.IsFloating())
                    {
                        result.Add(output);
                    }
                }
            }
        }

        return result;
    }
}
