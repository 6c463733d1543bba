using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>
/// The gradient of a computation that is repeated: a Scan in the other direction. Its states are the gradients of the states and the sums so far of the gradients of captured
/// variables; it reads the states before each turn, the scanned inputs and the gradients of the outputs, and gives the gradients of the scanned inputs.
/// </summary>
internal sealed class TurnsGradient
{
    private readonly Turns turns;
    private readonly Body body;
    private readonly int[] states;
    private readonly int[] elements;
    private readonly int[] captured;
    private readonly List<Variable> initial = [];
    private readonly List<Variable> stateInputs = [];
    private readonly List<(Variable Inside, Func<Variable> Outside, int Direction)> scanned = [];

    public TurnsGradient(Turns turns)
    {
        (this.turns, body) = (turns, turns.Body);
        int[] all = [.. Enumerable.Range(0, body.Inputs.Count)];
        states = Active();
        elements = [.. all.Where(i => i >= turns.States && i < turns.Own && turns.Wants(i))];
        captured = [.. all.Where(i => i >= turns.Own && turns.Wants(i))];
    }

    /// <summary>One contribution for each input of the node.</summary>
    public IReadOnlyList<Variable?> ByInput()
    {
        (List<Variable> ys, List<Variable> seeds) = Seeds();
        if (ys.Count == 0)
            return turns.Request.Zero;
        int[] wanted = [.. states, .. elements, .. captured];
        Variable[] wrt = [.. wanted.Select(i => body.Inputs[i])];
        var found = wanted.Zip(turns.Request.PullBack(ys, seeds, wrt)).ToDictionary(pair => pair.First, pair => pair.Second);
        var sums = new List<Variable>();
        int[] kept = [.. captured.Where(i => found[i] is not null)];
        foreach (int i in kept)
        {
            Variable sum = AddState($"sum{i}", body.Inputs[i].Type, Zero(turns.Input(i)));
            sums.Add(sum + found[i]!);
        }

        int[] written = [.. elements.Where(i => found[i] is not null)];
        Variable[] results = [.. states.Select(i => Before(i, found[i])), .. sums, .. written.Select(i => found[i]!)];
        IReadOnlyList<Variable> gradients = Apply(results, [.. written.Select(i => 1 - turns.InputDirections[i - turns.States])]);
        int[] order = [.. states, .. kept, .. written];
        return turns.Request.Each(position => Array.IndexOf(order, turns.InputAt(position)) is >= 0 and var at ? gradients[at] : null);
    }

    private static Variable Zero(Variable like) => Ops.ExpandLike(Variable.Scalar(0, like.DType), like);

    /// <summary>The states through which a gradient flows: wanted, or depending on something wanted through any number of turns, and of influence on a result with a gradient.</summary>
    private int[] Active()
    {
        HashSet<Variable> reached = Fixed(
            body.Inputs.Where((input, i) => turns.Wants(i) && input.DType.IsFloating()),
            all =>
            {
                foreach (Node node in body.Nodes.Where(node => node.Inputs.Any(all.Contains)))
                    all.UnionWith(node.Outputs.Where(output => output.DType.IsFloating()));
                return body.Inputs.Take(turns.States).Where((_, i) => all.Contains(body.Outputs[i]));
            });
        HashSet<Variable> influential = Fixed(
            body.Outputs.Where((_, k) => turns.Gradient(k) is not null || (k < turns.States && turns.BeforeGradient(k) is not null)),
            all =>
            {
                foreach (Node node in body.Nodes.Reverse().Where(node => node.Outputs.Any(all.Contains)))
                    all.UnionWith(node.Inputs.Where(input => input.DType.IsFloating()));
                return body.Outputs.Take(turns.States).Where((_, i) => all.Contains(body.Inputs[i]));
            });
        return [.. Enumerable.Range(0, turns.States).Where(i => reached.Contains(body.Inputs[i])
            && (influential.Contains(body.Inputs[i]) || turns.Gradient(i) is not null || turns.BeforeGradient(i) is not null))];
    }

    /// <summary>The variables that a step adds to some, and again to all, until nothing is added.</summary>
    private static HashSet<Variable> Fixed(IEnumerable<Variable> start, Func<HashSet<Variable>, IEnumerable<Variable>> step)
    {
        var known = new HashSet<Variable>(start, ReferenceEqualityComparer.Instance);
        int before;
        do
        {
            before = known.Count;
            known.UnionWith([.. step(known)]);
        }
        while (known.Count > before);
        return known;
    }

    /// <summary>The results of a turn that have a gradient, and the gradients as inputs of the body to be made.</summary>
    private (List<Variable> Results, List<Variable> Gradients) Seeds()
    {
        List<Variable> ys = [], seeds = [];
        foreach (int i in states)
        {
            turns.RequireState(i);
            ys.Add(body.Outputs[i]);
            seeds.Add(AddState($"gradient{i}", body.Inputs[i].Type, turns.Gradient(i) ?? Zero(turns.Input(i))));
        }

        for (int k = turns.States; k < turns.Results; k++)
        {
            if (turns.Gradient(k) is { } gradient)
            {
                ys.Add(body.Outputs[k]);
                seeds.Add(AddScanned($"gradient{k}", body.Outputs[k].Type, gradient, 1 - turns.OutputDirections[k - turns.States]));
            }
        }

        return (ys, seeds);
    }

    /// <summary>The gradient of a state before a turn, with what comes in where it was read from outside.</summary>
    private Variable Before(int state, Variable? gradient)
    {
        Variable? read = turns.BeforeGradient(state) is { } outside
            ? AddScanned($"before{state}", body.Inputs[state].Type, outside, direction: 1)
            : null;
        return gradient is null ? read ?? Zero(body.Inputs[state]) : read is null ? gradient : gradient + read;
    }

    private Variable AddState(string name, TensorType type, Variable start)
    {
        Variable state = Body.Input(name, type);
        stateInputs.Add(state);
        initial.Add(start);
        return state;
    }

    private Variable AddScanned(string name, TensorType type, Variable outside, int direction)
    {
        Variable element = Body.Input(name, type);
        scanned.Add((element, () => outside, direction));
        return element;
    }

    /// <summary>The Scan backwards, with only those of the forward inputs that it reads.</summary>
    private IReadOnlyList<Variable> Apply(Variable[] results, IntList directions)
    {
        for (int i = 0; i < turns.States; i++)
        {
            int state = i;
            scanned.Add((body.Inputs[i], () => turns.Before(state), 1));
        }

        for (int i = turns.States; i < turns.Own; i++)
        {
            int element = i;
            scanned.Add((body.Inputs[i], () => turns.Input(element), 1 - turns.InputDirections[i - turns.States]));
        }

        Variable[] outer = [.. body.Inputs.Skip(turns.Own)];
        IReadOnlySet<Variable> used = new Body([.. stateInputs, .. scanned.Select(s => s.Inside), .. outer], results).Used;
        (Variable Inside, Func<Variable> Outside, int Direction)[] read = [.. scanned.Where(s => used.Contains(s.Inside))];

        // The number of turns comes from a scanned input, so one is kept.
        if (read.Length == 0)
            read = [scanned[^1]];
        int[] kept = [.. Enumerable.Range(0, outer.Length).Where(i => used.Contains(outer[i]))];
        var inner = new Body([.. stateInputs, .. read.Select(s => s.Inside), .. kept.Select(i => outer[i])], results);
        return new Scan(inner, stateInputs.Count, [.. read.Select(s => s.Direction)], directions)
            .ApplyAll([.. initial, .. read.Select(s => s.Outside()), .. kept.Select(i => turns.Input(turns.Own + i))]);
    }
}
