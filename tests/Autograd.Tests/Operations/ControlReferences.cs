using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Control;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What operations with bodies compute: plain loops over turns, in which every operation of a body is computed by its own reference.</summary>
internal static class ControlReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(If)] = (o, x) => Run(x[0].Data[0] != 0 ? ((If)o).Then : ((If)o).Else, x[1..]),
    };

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
