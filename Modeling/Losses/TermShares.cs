using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// How much the terms of a loss count in a piece of a batch. The mean of a term over the batch is that of its means over the pieces, each counting by its Σ w·m; the objective of a piece
/// counts by its Σ w. So a term that does not count examples by w alone is multiplied by the ratio of the two, an input of the computation.
/// </summary>
internal sealed class TermShares
{
    private readonly List<Variable?> ratios = [];
    private readonly List<Variable> counts = [];

    /// <summary>The inputs: (Σ w·m of the piece/Σ w·m of the batch)/(Σ w of the piece/Σ w of the batch), float64 scalars.</summary>
    public IReadOnlyList<Variable> Inputs => [.. ratios.OfType<Variable>()];

    /// <summary>The Σ w·m of a piece for each input, float64 scalars.</summary>
    public IReadOnlyList<Variable> Counts => counts;

    /// <summary>The loss of a piece.</summary>
    public Variable Mean(IReadOnlyList<CountedTerm> terms, ExampleSymbols examples)
    {
        // The loss comes first; what regularizers make of it has the same terms.
        if (ratios.Count == 0)
        {
            foreach (CountedTerm term in terms)
                Add(term, examples);
        }

        return terms.Select((term, i) => WeightedMean.Of(term.PerExample, WeightedMean.Product(term.Weight, term.Counts)) is var mean && ratios[i] is { } ratio
            ? ratio.Cast(mean.DType) * mean
            : mean).Aggregate((sum, term) => sum + term);
    }

    private void Add(CountedTerm term, ExampleSymbols examples)
    {
        if (term.Counts is null && ReferenceEquals(term.Weight, examples.Weight))
        {
            ratios.Add(null);
            return;
        }

        ratios.Add(Variable.Input(string.Create(CultureInfo.InvariantCulture, $"shard.term{ratios.Count + 1}"), DType.Float64, []));
        counts.Add(WeightedMean.Both(term.Weight?.Cast(DType.Float64), term.Counts?.Cast(DType.Float64))!.Sum());
    }
}
