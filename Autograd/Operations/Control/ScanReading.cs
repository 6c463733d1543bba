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
        int scanned = (int)node.Integer("num_scan_inputs"), states = node.Count - scanned;
        Variable[] initial = [.. node.Inputs.Take(states)];
        int[] axes = Axes(node.Integers("scan_input_axes"), scanned);
        Variable[] inputs = [.. node.Inputs.Skip(states).Select((input, i) => Moved(input, input.Shape.Axis(axes[i]), 0))];
        TensorType[] elements = [.. inputs.Select(input => input.Type with { Shape = [.. input.Shape.Skip(1)] })];
        (IReadOnlyList<Body> bodies, IReadOnlyList<Variable> captured) = node.Close([("body", [.. initial.Select(state => state.Type), .. elements])]);
        int outputs = bodies[0].Outputs.Count - states;
        IntList directions = [.. Axes(node.Integers("scan_input_directions"), scanned)];
        IReadOnlyList<Variable> results = new Scan(bodies[0], states, directions, [.. Axes(node.Integers("scan_output_directions"), outputs)])
            .ApplyAll([.. initial, .. inputs, .. captured]);
        int[] outputAxes = Axes(node.Integers("scan_output_axes"), outputs);
        return [.. results.Take(states), .. results.Skip(states).Take(outputs).Select((output, k) => Moved(output, 0, output.Shape.Axis(outputAxes[k])))];
    }

    private static int[] Axes(IReadOnlyList<long>? given, int count) => given is null ? new int[count] : [.. given.Select(axis => checked((int)axis))];

    private static Variable Moved(Variable variable, int from, int to)
    {
        var order = Enumerable.Range(0, variable.Shape.Rank).ToList();
        order.RemoveAt(from);
        order.Insert(to, from);
        return from == to ? variable : Ops.Transpose(variable, [.. order]);
    }
}
