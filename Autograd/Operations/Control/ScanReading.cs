using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Control;

/// <summary>Reads a Scan of a file.</summary>
internal static class ScanReading
{
    public static IReadOnlyList<Variable> Read(OnnxNode node)
    {
        if (node.Version < 9)
            throw new GraphException("Scan is read from operator set 9 on, found its first version, in which every input has a batch axis.");
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
