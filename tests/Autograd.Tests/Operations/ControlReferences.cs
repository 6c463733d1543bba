using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Control;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What operations with bodies compute: plain loops over turns, in which every operation of a body is computed by its own reference.</summary>
internal static class ControlReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(If)] = (o, x) => Run(x[0].Data[0] != 0 ? ((If)o).Then : ((If)o).Else, x[1..]),
        [typeof(Scan)] = (o, x) => ScanOf((Scan)o, x),
    };

    private static Array64[] ScanOf(Scan o, Array64[] x)
    {
        int inputs = o.InputDirections.Count, turns = x[o.States].Sizes[0];
        Array64[] states = x[..o.States];
        var outputs = new List<Array64[]>();
        var before = new List<Array64[]>();
        for (int t = 0; t < turns; t++)
        {
            IEnumerable<Array64> elements = Enumerable.Range(0, inputs).Select(m => Element(x[o.States + m], o.InputDirections[m] == 0 ? t : turns - 1 - t));
            Array64[] results = Run(o.Body, [.. states, .. elements, .. x[(o.States + inputs)..]]);
            before.Add(states);
            states = results[..o.States];
            outputs.Add(results[o.States..]);
        }

        return
        [
            .. states,
            .. o.OutputDirections.Select((direction, k) => Stack([.. (direction == 0 ? outputs : outputs.AsEnumerable().Reverse()).Select(turn => turn[k])])),
            .. Enumerable.Range(0, o.States).Select(i => Stack([.. before.Select(turn => turn[i])])),
        ];
    }

    private static Array64 Element(Array64 x, int index)
    {
        var element = new Array64(x.Sizes[1..]);
        x.Data.AsSpan(index * element.Data.Length, element.Data.Length).CopyTo(element.Data);
        return element;
    }

    private static Array64 Stack(Array64[] elements)
    {
        var stack = new Array64([elements.Length, .. elements[0].Sizes]);
        for (int i = 0; i < elements.Length; i++)
            elements[i].Data.CopyTo(stack.Data, i * elements[i].Data.Length);
        return stack;
    }

    private static Array64[] Run(Body body, Array64[] inputs)
    {
        var known = new Dictionary<Variable, Array64>();
        for (int i = 0; i < inputs.Length; i++)
            known[body.Inputs[i]] = inputs[i];
        foreach (Node node in body.Nodes)
        {
            Array64[] results = References.Compute(node.Operation, [.. node.Inputs.Select(Of)]);
            for (int i = 0; i < results.Length; i++)
                known[node.Outputs[i]] = results[i];
        }

        return [.. body.Outputs.Select(Of)];

        Array64 Of(Variable variable) => variable.Constant is { } constant ? Array64.Of(constant) : known[variable];
    }
}
