using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// Decides which new values are written straight over the old value of their parameter. Groups whose results go into parameters alone move to the end,
/// after every reader of the old values and everything that may fail; where two such groups need each other's old values, the new value is kept aside and copied after all
/// steps.
/// </summary>
internal sealed class InPlaceUpdates
{
    public InPlaceUpdates(Signature signature, IReadOnlyList<Group> groups, bool enabled)
    {
        Variable[] outputs = [.. signature.Outputs.Select(o => o.Variable)];
        Roots = new HashSet<Variable>(outputs.Concat(signature.Updates.Select(u => u.NewValue)), ReferenceEqualityComparer.Instance);
        Ordered = groups;
        if (!enabled)
        {
            return;
        }

        // What an output reads of a parameter is read after all steps.
        HashSet<Parameter> shown = [.. outputs.Select(ParameterBehind).OfType<Parameter>()];
        var candidates = new Dictionary<Variable, Parameter>(ReferenceEqualityComparer.Instance);
        foreach (Update update in signature.Updates.Where(u => !shown.Contains(u.Parameter)))
        {
            candidates.TryAdd(update.NewValue, update.Parameter);
        }

        var isOutput = new HashSet<Variable>(outputs, ReferenceEqualityComparer.Instance);
        HashSet<Variable> takenOutside = TakenByOtherGroups(groups);
        bool IsLast(Group group) =>
            group is ElementwiseGroup
            && candidates.ContainsKey(group.Sink.Outputs[0])
            && !takenOutside.Contains(group.Sink.Outputs[0])
            && !group.Nodes.Any(n => isOutput.Contains(n.Outputs[0]) || MayFail(n));
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

        for (int i = Ordered.Count - last.Count; i < Ordered.Count; i++)
        {
            foreach (Variable output in Ordered[i].Nodes.Select(n => n.Outputs[0]))
            {
                if (candidates.TryGetValue(output, out Parameter? parameter) && lastReader.GetValueOrDefault(parameter, -1) <= i)
                {
                    Targets[output] = parameter;
                }
            }
        }
    }

    /// <summary>The variables that are outputs or new values of parameters.</summary>
    public HashSet<Variable> Roots { get; }

    /// <summary>The groups in the order in which they run.</summary>
    public IReadOnlyList<Group> Ordered { get; }

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

    private static bool MayFail(Node node) => ((ElementwiseOperation)node.Operation).MayFail(node.Inputs[^1].DType);

    private static HashSet<Variable> TakenByOtherGroups(IReadOnlyList<Group> groups)
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
