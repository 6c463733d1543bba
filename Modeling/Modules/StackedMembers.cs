using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Shaping;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// What models that differ in the numbers of their parameters alone give for the same inputs, as one computation: that of the first, repeated for each slice of the stacked parameters. So
/// fifty members are hardly more nodes than one.
/// </summary>
internal sealed class StackedMembers
{
    private readonly List<Variable> parameters = [];
    private readonly Dictionary<Variable, Variable[]> matched = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<Variable[]> pending = new();

    private StackedMembers()
    {
    }

    /// <summary>The outputs, [members, …] each.</summary>
    /// <param name="members">For each member its outputs.</param>
    /// <returns>The stacked outputs; null where the computations differ in more than the numbers of parameters, or in nothing.</returns>
    public static IReadOnlyList<Variable>? Of(IReadOnlyList<IReadOnlyList<Variable>> members)
    {
        var found = new StackedMembers();
        IReadOnlyList<Variable> first = members[0];
        for (int i = 0; i < first.Count; i++)
            found.pending.Push([.. members.Select(outputs => outputs[i])]);
        if (!found.AreAlike() || found.parameters.Count == 0)
            return null;
        return Ops.Scan(
            [],
            [.. found.parameters.Select(parameter => new Stack().Apply(found.matched[parameter]))],
            (_, elements) =>
            {
                var one = new Substitution(found.parameters.Zip(elements).ToDictionary(pair => pair.First, pair => pair.Second));
                return ([], [.. first.Select(one.Map)]);
            }).Outputs;
    }

    private bool AreAlike()
    {
        while (pending.TryPop(out Variable[]? same))
        {
            Variable first = same[0];
            if (same.All(variable => variable == first))
                continue;
            if (matched.TryGetValue(first, out Variable[]? known))
            {
                if (!known.AsSpan().SequenceEqual(same))
                    return false;
                continue;
            }

            matched.Add(first, same);
            if (first.Parameter is not null && same.All(variable => variable.Parameter is not null && variable.Type == first.Type))
            {
                parameters.Add(first);
                continue;
            }

            if (first.Constant is { } constant && same.All(variable => variable.Constant?.BitEquals(constant) == true))
                continue;
            if (first.Producer is not { } node || !same.All(variable => IsLike(node, first, variable)))
                return false;
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                if (node.Inputs.Has(i))
                    pending.Push([.. same.Select(variable => variable.Producer!.Inputs[i])]);
            }
        }

        return true;
    }

    private static bool IsLike(Node node, Variable first, Variable other) =>
        other.Type == first.Type
        && other.Producer is { } producer
        && producer.Operation.Equals(node.Operation)
        && producer.Inputs.Length == node.Inputs.Length
        && Enumerable.Range(0, node.Inputs.Length).All(i => producer.Inputs.Has(i) == node.Inputs.Has(i))
        && Enumerable.Range(0, node.Outputs.Count).Any(i => node.Outputs[i] == first && producer.Outputs[i] == other);
}
