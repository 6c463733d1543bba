using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>Reads a Scan of a file.</summary>
internal static class ScanReading
{
    public static IReadOnlyList<Variable> Read(OnnxNode node)
    {
        if (node.Version < 9)
            return ReadBatched(node);
        int scanned = node.Int32("num_scan_inputs"), states = node.Count - scanned;
        if (scanned < 1 || states < 0)
            throw new GraphException($"Scan expects from 1 to {node.Count} of its inputs to be scanned, found {scanned}.");
        Variable[] initial = [.. node.Inputs.Take(states)];
        int[] axes = Numbers(node, "scan_input_axes", scanned);
        Variable[] inputs = [.. node.Inputs.Skip(states).Select((input, i) => Moved(input, input.Shape.Axis(axes[i]), 0))];
        TensorType[] elements = [.. inputs.Select(input => input.Type with { Shape = [.. input.Shape.Skip(1)] })];
        (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = node.Close([("body", [.. initial.Select(state => state.Type), .. elements])]);
        int outputs = bodies[0].Outputs.Count - states;
        IntList directions = Directions(node, "scan_input_directions", scanned);
        IReadOnlyList<Variable> results = new Scan(bodies[0], states, directions, Directions(node, "scan_output_directions", outputs))
            .ApplyAll([.. initial, .. inputs, .. captured]);
        int[] outputAxes = Numbers(node, "scan_output_axes", outputs);
        return [.. results.Take(states), .. results.Skip(states).Take(outputs).Select((output, k) => Moved(output, 0, output.Shape.Axis(outputAxes[k])))];
    }

    /// <summary>The first version: every input has a batch axis, and an input before the others may say how long each example is. It is a Scan over the examples, whose turns are
    /// Scans; the elements beyond an example's length change no state and give zeros.</summary>
    private static IReadOnlyList<Variable> ReadBatched(OnnxNode node)
    {
        int scanned = node.Int32("num_scan_inputs"), states = node.Count - 1 - scanned;
        if (scanned < 1 || states < 0)
            throw new GraphException($"Scan (version {node.Version}) expects from 1 to {node.Count - 1} of its inputs to be scanned, found {scanned}.");
        Variable[] all = [.. Enumerable.Range(1, node.Count - 1).Select(i => node[i])];
        TensorType Inside(Variable input, int axes) => input.Shape.Rank >= axes
            ? input.Type with { Shape = [.. input.Shape.Skip(axes)] }
            : throw new ShapeException($"Scan (version {node.Version}) expects inputs with at least {axes} axes, found {input}.");
        IntList directions = Directions(node, "directions", scanned);
        (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = node.Close([("body", [.. all.Select((input, i) => Inside(input, i < states ? 1 : 2))])]);
        Body body = bodies[0];
        Variable? lengths = node.Optional(0);
        return Ops.Scan([], lengths is null ? all : [.. all, lengths], (_, example) =>
        {
            Variable[] initial = [.. example.Take(states)], elements = [.. example.Skip(states).Take(scanned)];
            if (lengths is null)
            {
                int outputs = body.Outputs.Count - states;
                return ([], [.. new Scan(body, states, directions, [.. new int[outputs]]).ApplyAll([.. initial, .. elements, .. captured]).Take(states + outputs)]);
            }

            Variable length = example[^1];
            Variable zero = Variable.Of(Value.Of(0L)), one = Variable.Of(Value.Of(1L));
            Variable turns = new Shaping.Range().Apply(zero, elements[0].ShapeOf().Gather(zero), one);

            // Backwards means from the last element that counts.
            Variable backward = Ops.Where(Ops.Less(turns, length), length - 1 - turns, turns);
            Variable[] ordered = [.. elements.Select((element, j) => directions[j] == 0 ? element : element.Gather(backward)), turns];
            (IReadOnlyList<Variable> last, IReadOnlyList<Variable> written) = Ops.Scan(initial, ordered, (before, element) =>
            {
                Variable counts = Ops.Less(element[^1], length);
                IReadOnlyList<Variable> results = body.Apply([.. before, .. element.Take(scanned), .. captured]);
                return (
                    [.. results.Take(states).Select((after, i) => Ops.Where(counts, after, before[i]))],
                    [.. results.Skip(states).Select(output => Ops.Where(counts, output, Variable.Scalar(0, output.DType)))]);
            });
            return ([], [.. last, .. written]);
        }).Outputs;
    }

    /// <summary>One number for each of so many inputs or outputs; zeros where the file has none.</summary>
    private static int[] Numbers(OnnxNode node, string attribute, int count) => node.Integers(attribute) switch
    {
        null => new int[count],
        var given when given.Count == count => [.. given.Select(number => checked((int)number))],
        var given => throw new GraphException($"Scan expects {count} numbers as {attribute}, found {given.Count}."),
    };

    private static IntList Directions(OnnxNode node, string attribute, int count)
    {
        int[] directions = Numbers(node, attribute, count);
        return directions.All(direction => direction is 0 or 1)
            ? [.. directions]
            : throw new GraphException($"Scan expects 0 (forward) or 1 (backward) as {attribute}, found {string.Join(", ", directions)}.");
    }

    private static Variable Moved(Variable variable, int from, int to)
    {
        var order = Enumerable.Range(0, variable.Shape.Rank).ToList();
        order.RemoveAt(from);
        order.Insert(to, from);
        return from == to ? variable : Ops.Transpose(variable, [.. order]);
    }
}
