using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>Weighted means of what several models give.</summary>
internal static class Averages
{
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

    /// <summary>Σ wᵢ·yᵢ.</summary>
    public static Variable Of(IReadOnlyList<Model> members, IReadOnlyList<Variable> outputs, double[] weights)
    {
        for (int i = 1; i < outputs.Count; i++)
        {
            if (outputs[i].Shape != outputs[0].Shape)
                throw new ShapeException($"expected members that all give {outputs[0].Shape}, found {outputs[i].Shape} from {members[i].Title}.");
        }

        return outputs.Zip(weights, (output, weight) => weight * output).Aggregate((sum, term) => sum + term);
    }
}
