using Microsoft.ML;
using Toolkit.Modeling;

namespace Toolkit.Samples.Tabular;

/// <summary>Chooses settings by cross-validation within the training rows: each trainer has the same number of tries, its own settings first, then those chosen for a sibling if it has one, then random ones.
/// Source: Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, 2012; book section 11.4.4.</summary>
internal sealed class Search(Case data, string folder, int tries, int folds, ulong seed)
{
    /// <summary>The best settings of each contender that is taken, and what they reached on rows held out, on average over the folds.</summary>
    public IReadOnlyDictionary<string, Settings> Run(Func<Contender, bool> take, Action<string, Settings, double> report)
    {
        var ml = new MLContext((int)seed);
        IDataView rows = data.Load(ml, folder).Train;
        (IDataView Train, IDataView Test)[] parts =
            [.. ml.Data.CrossValidationSplit(rows, folds, seed: (int)seed).Select(fold => data.Featurized(ml, fold.TrainSet, fold.TestSet))];
        var best = new Dictionary<string, Settings>();
        foreach (Contender contender in data.All(ml).Where(c => c.SettingsOf is null && take(c)))
        {
            double reached = data.LargerIsBetter ? double.NegativeInfinity : double.PositiveInfinity;
            foreach (Settings settings in Draw(contender))
            {
                double figure = parts.Average(part => data.Train(ml, contender, settings, seed, part.Train, part.Test).Main);
                report(contender.Name, settings, figure);
                if (data.LargerIsBetter ? figure > reached : figure < reached)
                {
                    (reached, best[contender.Name]) = (figure, settings);
                }
            }
        }

        return best;
    }

    /// <summary>Different settings; fewer than asked for where there are no more.</summary>
    private IEnumerable<Settings> Draw(Contender contender)
    {
        RandomSource random = new RandomSource(seed).Fork(data.Name).Fork(contender.Name);
        var drawn = new HashSet<string>();
        long all = contender.Space.Aggregate(1L, (product, choice) => product * choice.Values.Count);
        var settings = new Settings(contender.Space);
        Settings? sibling = contender.TriesOf is { } name ? Chosen.For(data, data.All(new MLContext()).Single(c => c.Name == name)).Within(contender.Space) : null;
        while (drawn.Count < Math.Min(tries, all))
        {
            if (drawn.Add(settings.ToString()))
            {
                yield return settings;
            }

            settings = sibling ?? new Settings(contender.Space, contender.Space.ToDictionary(c => c.Name, c => c.Values[random.NextInt32(c.Values.Count)]));
            sibling = null;
        }
    }
}
