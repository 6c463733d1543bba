using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// Decides which new values are written straight over the old value of their parameter. Groups whose results go into parameters alone move to the end,
/// after every reader of the old values; where two such groups need each other's old values, the new value is kept aside and copied after all steps.
/// </summary>
internal sealed class InPlaceUpdates
{
    public InPlaceUpdates(Signature signature, List<Group> groups, bool enabled)
    {
        Roots = new HashSet<Variable>(
            signature.Outputs.Select(o => o.Variable).Concat(signature.Updates.Select(u => u.NewValue)), ReferenceEqualityComparer.Instance);
        Ordered = groups;
        if (!enabled)
        {
            return;
        }

        var candidates = new Dictionary<Variable, Parameter>(ReferenceEqualityComparer.Instance);
        var chained = new HashSet<Variable>(
            groups.OfType<ElementwiseGroup>().SelectMany(g => g.Nodes).Select(n => n.Outputs[0]), ReferenceEqualityComparer.Instance);
        foreach (Update update in signature.Updates)
        {
            if (chained.Contains(update.NewValue) && !Roots.Contains(update.Parameter.Variable))
            {
                candidates.TryAdd(update.NewValue, update.Parameter);
            }
        }

        var outputs = new HashSet<Variable>(signature.Outputs.Select(o => o.Variable), ReferenceEqualityComparer.Instance);
        HashSet<Variable> takenOutside = TakenByOtherGroups(groups);
        bool IsLast(Group group) =>
            candidates.ContainsKey(group.Sink.Outputs[0]) && !takenOutside.Contains(group.Sink.Outputs[0]) && !group.Nodes.Any(n => outputs.Contains(n.Outputs[0]));
        List<Group> last = [.. groups.Where(IsLast)];
        Ordered = [.. groups.Where(g => !IsLast(g)), .. last];

        // The position of the last group that reads each parameter; an update in place must not come earlier.
        var lastReader = new Dictionary<Parameter, int>();
        for (int i = 0; i < Ordered.Count; i++)
        {
            foreach (Variable input in Ordered[i].Nodes.SelectMany(n => n.Inputs))
            {
                if (ParameterBehind(input) is { } parameter)
                {
                    lastReader[parameter] = i;
                }
            }
        }

        for (int i = 0; i < Ordered.Count; i++)
        {
            foreach (Variable output in Ordered[i].Nodes.SelectMany(n => n.Outputs))
            {
                if (candidates.TryGetValue(output, out Parameter? parameter)
                    && !takenOutside.Contains(output)
                    && lastReader.GetValueOrDefault(parameter, -1) <= i
                    && !signature.Outputs.Any(o => ParameterBehind(o.Variable) == parameter)
                    && !signature.Updates.Any(u => ParameterBehind(u.NewValue) == parameter))
                {
                    Targets[output] = parameter;
                }
            }
        }
    }

    /// <summary>The variables that are outputs or new values of parameters.</summary>
    public HashSet<Variable> Roots { get; }

    /// <summary>The groups in the order in which they run.</summary>
    public List<Group> Ordered { get; }

    /// <summary>The new values that are written in place, and where.</summary>
    public Dictionary<Variable, Parameter> Targets { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The parameter whose memory a variable shares: the parameter's own variable or a view of it.</summary>
    public static Parameter? ParameterBehind(Variable variable)
    {
        while (variable.Producer is { Operation: IView view } node)
        {
            variable = node.Inputs[view.Viewed];
        }

        return variable.Parameter;
    }

    private static HashSet<Variable> TakenByOtherGroups(List<Group> groups)
    {
        var taken = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        foreach (Group group in groups)
        {
            var members = new HashSet<Node>(group.Nodes, ReferenceEqualityComparer.Instance);
            foreach (Variable input in group.Nodes.SelectMany(n => n.Inputs))
            {
                if (input.Producer is not null && !members.Contains(input.Producer))
                {
                    taken.Add(input);
                }
            }
        }

        return taken;
    }
}
