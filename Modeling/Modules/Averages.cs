using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>Weighted means of what several models give.</summary>
internal static class Averages
{
    // Fewer members side by side are no more nodes, and run faster.
    private const int LeastStacked = 4;

    /// <summary>Refuses weights that do not go with the members.</summary>
    public static double[] Weights(int members, IReadOnlyList<double>? weights)
    {
        if (members == 0)
            throw new ArgumentException("Expected at least one member, found none.", nameof(members));
        if (weights is not null && weights.Count != members)
            throw new ArgumentException($"Expected a weight for each of the {members} members, found {weights.Count}.", nameof(weights));
        foreach (double weight in weights ?? [])
            Settings.Finite(weight);
        return weights?.ToArray() ?? [.. Enumerable.Repeat(1.0 / members, members)];
    }

    /// <summary>Σ wᵢ·yᵢ of each output. Members of one form are computed as one (<see cref="StackedMembers"/>) where nothing is learned.</summary>
    /// <param name="members">The members.</param>
    /// <param name="outputs">For each member its outputs.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="context">What the computation is for.</param>
    public static IReadOnlyList<Variable> Of(IReadOnlyList<Model> members, IReadOnlyList<IReadOnlyList<Variable>> outputs, double[] weights, ForwardContext context)
    {
        for (int i = 1; i < outputs.Count; i++)
        {
            for (int k = 0; k < outputs[i].Count; k++)
            {
                if (outputs[i][k].Shape != outputs[0][k].Shape)
                    throw new ShapeException($"expected members that all give {outputs[0][k].Shape}, found {outputs[i][k].Shape} from {members[i].Title}.");
            }
        }

        if (context.Mode == Mode.Inference && members.Count >= LeastStacked && StackedMembers.Of(outputs) is { } stacked)
        {
            return [.. stacked.Select(all =>
            {
                var shares = Value.Zeros(all.DType, [weights.Length, .. Enumerable.Repeat(1, all.Shape.Rank - 1)]);
                for (int i = 0; i < weights.Length; i++)
                    shares[i] = weights[i];
                return (Variable.Of(shares) * all).Sum([0]);
            })];
        }

        return [.. Enumerable.Range(0, outputs[0].Count).Select(k =>
            outputs.Zip(weights, (own, weight) => weight * own[k]).Aggregate((sum, term) => sum + term))];
    }
}
