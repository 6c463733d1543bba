using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Ensembles;

/// <summary>An ensemble with its parts.</summary>
/// <param name="Model">The ensemble: one model, which exports as one graph.</param>
/// <param name="Members">What it averages, in the order of training; the first k of them are a smaller ensemble.</param>
/// <param name="Weights">The weight of each member, with sum 1.</param>
public sealed record TrainedEnsemble(Ensemble Model, IReadOnlyList<Module> Members, IReadOnlyList<double> Weights)
{
    /// <summary>The ensemble of the first members.</summary>
    /// <param name="count">How many, from 1 to all.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer members.</exception>
    public Ensemble First(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Members.Count);
        double sum = Weights.Take(count).Sum();
        return new Ensemble([.. Members.Take(count)], [.. Weights.Take(count).Select(w => w / sum)]);
    }
}
