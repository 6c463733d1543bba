using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>
/// The gradient of a Scan: a Scan in the other direction. Its states are the gradients of the states and the sums so far of the gradients of captured variables; it reads the
/// states before each turn, the scanned inputs and the gradients of the outputs, and gives the gradients of the scanned inputs.
/// </summary>
internal sealed class ScanGradient
{
    private readonly Scan scan;
    private readonly BpropRequest request;
    private readonly Body body;
    private readonly int[] states;
    private readonly int[] elements;
    private readonly int[] captured;
    private readonly List<Variable> initial = [];
    private readonly List<Variable> stateInputs = [];
    private readonly List<(Variable Inside, Variable Outside, int Direction)> scanned = [];

    public ScanGradient(Scan scan, BpropRequest request)
    {
        (this.scan, this.request, body) = (scan, request, scan.Body);
        int[] all = [.. Enumerable.Range(0, body.Inputs.Count)];
        states = Active();
        elements = [.. all.Where(i => i >= scan.States && i < scan.Own && request.Wants(i))];
        captured = [.. all.Where(i => i >= scan.Own && request.Wants(i))];
    }

    /// <summary>One contribution for each input of the node.</summary>
    public IReadOnlyList<Variable?> ByInput()
    {
        (List<Variable> ys, List<Variable> seeds) = Seeds();
        if (ys.Count == 0)
            return request.Zero;
        int[] wanted = [.. states, .. elements, .. captured];
        Variable[] wrt = [.. wanted.Select(i => body.Inputs[i])];
        var found = wanted.Zip(request.PullBack(ys, seeds, wrt)).ToDictionary(pair => pair.First, pair => pair.Second);
        var sums = new List<Variable>();
        int[] kept = [.. captured.Where(i => found[i] is not null)];
        foreach (int i in kept)
        {
            Variable sum = AddState($"sum{i}", body.Inputs[i].Type, Zero(request[i]));
            sums.Add(sum + found[i]!);
        }

        int[] written = [.. elements.Where(i => found[i] is not null)];
        Variable[] results = [.. states.Select(i => Before(i, found[i])), .. sums, .. written.Select(i => found[i]!)];
        IReadOnlyList<Variable> gradients = Apply(results, [.. written.Select(i => 1 - scan.InputDirections[i - scan.States])]);
        int[] order = [.. states, .. kept, .. written];
        return request.Each(i => Array.IndexOf(order, i) is >= 0 and var at ? gradients[at] : null);
    }

    private static Variable Zero(Variable like) => Ops.ExpandLike(Variable.Scalar(0, like.DType), like);

    /// <summary>The states through which a gradient flows: wanted, or depending on something wanted through any number of turns.</summary>
    private int[] Active()
    {
        var active = new HashSet<Variable>(
            body.Inputs.Where((input, i) => request.Wants(i) && input.DType.IsFloating()), ReferenceEqualityComparer.Instance);
        while (true)
        {
            var reached = new HashSet<Variable>(active, ReferenceEqualityComparer.Instance);
            foreach (Node node in body.Nodes.Where(node => node.Inputs.Any(reached.Contains)))
                reached.UnionWith(node.Outputs.Where(output => output.DType.IsFloating()));
            int before = active.Count;
            active.UnionWith(body.Inputs.Take(scan.States).Where((input, i) => reached.Contains(body.Outputs[i])));
            if (active.Count == before)
                return [.. Enumerable.Range(0, scan.States).Where(i => active.Contains(body.Inputs[i]))];
        }
    }

    /// <summary>The results of a turn that have a gradient, and the gradients as inputs of the body to be made.</summary>
    private (List<Variable> Results, List<Variable> Gradients) Seeds()
    {
        List<Variable> ys = [], seeds = [];
        foreach (int i in states)
        {
            ys.Add(body.Outputs[i]);
            seeds.Add(AddState($"gradient{i}", body.Inputs[i].Type, request.Gradient(i) ?? Zero(request[i])));
        }

        for (int k = scan.States; k < scan.StandardResults; k++)
        {
            if (request.Gradient(k) is { } gradient)
            {
                ys.Add(body.Outputs[k]);
                seeds.Add(AddScanned($"gradient{k}", body.Outputs[k].Type, gradient, 1 - scan.OutputDirections[k - scan.States]));
            }
        }

        return (ys, seeds);
    }

    /// <summary>The gradient of a state before a turn, with what comes in where it was read from outside.</summary>
    private Variable Before(int state, Variable? gradient)
    {
        Variable? read = request.Gradient(scan.StandardResults + state) is { } outside
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
        scanned.Add((element, outside, direction));
        return element;
    }

    /// <summary>The Scan backwards, with only those of the forward inputs that it reads.</summary>
    private IReadOnlyList<Variable> Apply(Variable[] results, IntList directions)
    {
        for (int i = 0; i < scan.States; i++)
            scanned.Add((body.Inputs[i], request.Result(scan.StandardResults + i), 1));
        for (int i = scan.States; i < scan.Own; i++)
            scanned.Add((body.Inputs[i], request[i], 1 - scan.InputDirections[i - scan.States]));
        Variable[] outer = [.. body.Inputs.Skip(scan.Own)];
        IReadOnlySet<Variable> used = new Body([.. stateInputs, .. scanned.Select(s => s.Inside), .. outer], results).Used;
        (Variable Inside, Variable Outside, int Direction)[] read = [.. scanned.Where(s => used.Contains(s.Inside))];

        // The number of turns comes from a scanned input, so one is kept.
        if (read.Length == 0)
            read = [scanned[^1]];
        int[] kept = [.. Enumerable.Range(0, outer.Length).Where(i => used.Contains(outer[i]))];
        var inner = new Body([.. stateInputs, .. read.Select(s => s.Inside), .. kept.Select(i => outer[i])], results);
        return new Scan(inner, stateInputs.Count, [.. read.Select(s => s.Direction)], directions)
            .ApplyAll([.. initial, .. read.Select(s => s.Outside), .. kept.Select(i => request[scan.Own + i])]);
    }
}
