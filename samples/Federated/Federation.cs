using Toolkit.Autograd.Tensors;

namespace Toolkit.Samples.Federated;

/// <summary>Federated averaging: all train from the same parameters, each on its own data, and go on from the mean of what they come to, weighted by the number of examples. Source: McMahan et al.,
/// "Communication-efficient learning of deep networks from decentralized data", 2017, algorithm 1.</summary>
public static class Federation
{
    /// <summary>Makes rounds.</summary>
    /// <param name="parties">Who trains.</param>
    /// <param name="parameters">The first parameters, by name.</param>
    /// <param name="rounds">How many.</param>
    /// <returns>The last ones.</returns>
    public static IReadOnlyDictionary<string, Value> Train(IReadOnlyList<Party> parties, IReadOnlyDictionary<string, Value> parameters, int rounds)
    {
        double total = parties.Sum(party => party.Count);
        for (int round = 0; round < rounds; round++)
        {
            var learned = parties.Select(party => (Share: party.Count / total, Parameters: party.Train(parameters, round))).ToArray();
            parameters = parameters.ToDictionary(each => each.Key, each => Mean([.. learned.Select(l => (l.Share, l.Parameters[each.Key]))]));
        }

        return parameters;
    }

    private static Value Mean(IReadOnlyList<(double Share, Value Value)> parts)
    {
        Value mean = parts[0].Value.Clone();
        for (int i = 0; i < mean.Count; i++)
            mean[i] = parts.Sum(part => part.Share * part.Value[i]);
        return mean;
    }
}
