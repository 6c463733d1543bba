using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Control;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What operations with bodies compute: plain loops over turns, in which every operation of a body is computed by its own reference.</summary>
internal static class ControlReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(CustomGradient)] = (o, x) => Run(((CustomGradient)o).Function, x),
        [typeof(If)] = (o, x) => Run(x[0].Data[0] != 0 ? ((If)o).Then : ((If)o).Else, x[1..]),
        [typeof(Scan)] = (o, x) => ScanOf((Scan)o, x),
        [typeof(Loop)] = (o, x) => LoopOf((Loop)o, x),
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

    private static Array64[] LoopOf(Loop o, Array64[] x)
    {
        double most = x[0]?.Data[0] ?? double.PositiveInfinity;
        bool goesOn = (x[1]?.Data[0] ?? 1) != 0;
        Array64[] carried = x[2..(2 + o.Carried)];
        Array64[] initial = carried;
        var outputs = new List<Array64[]>();
        var before = new List<Array64[]>();
        for (int t = 0; goesOn && t < most; t++)
        {
            Array64[] results = Run(o.Body, [Scalar(t), Scalar(1), .. carried, .. x[(2 + o.Carried)..]]);
            before.Add(carried);
            goesOn = x[1] is null || results[0].Data[0] != 0;
            carried = results[1..(1 + o.Carried)];
            outputs.Add(results[(1 + o.Carried)..]);
        }

        int stacked = o.Body.Outputs.Count - 1 - o.Carried;
        return
        [
            .. carried,
            .. Enumerable.Range(0, stacked).Select(k => outputs.Count > 0 ? Stack([.. outputs.Select(turn => turn[k])]) : Empty(o.Body.Outputs[1 + o.Carried + k].Shape, o.Body, x)),
            .. o.Kept.Select(i => before.Count > 0 ? Stack([.. before.Select(turn => turn[i])]) : new Array64([0, .. initial[i].Sizes])),
        ];
    }

    private static Array64 Scalar(double number)
    {
        var scalar = new Array64([]);
        scalar.Data[0] = number;
        return scalar;
    }

    /// <summary>No element of a shape whose sizes are numbers or those of inputs.</summary>
    private static Array64 Empty(Shape shape, Body body, Array64[] x)
    {
        return new Array64([0, .. shape.Select(dim => dim.IsStatic ? dim.Size : SizeOf(dim))]);

        int SizeOf(Dim dim) => (from i in Enumerable.Range(2, x.Length - 2)
                                from axis in Enumerable.Range(0, x[i].Sizes.Length)
                                where body.Inputs[i].Shape[axis] == dim
                                select x[i].Sizes[axis]).First();
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
