using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.Samples.Tabular;

/// <summary>A data set, how its columns become features, and the trainers that are compared on it.</summary>
internal abstract class Case
{
    public abstract string Name { get; }

    public abstract string Description { get; }

    /// <summary>The folder within the data folder; null for data that are made here.</summary>
    public abstract string? Folder { get; }

    /// <summary>Whether the first figure is better when larger.</summary>
    public virtual bool LargerIsBetter => true;

    /// <summary>Whether there is a column "Waves", more features than "Features", so that every trainer may choose between the two.</summary>
    protected virtual bool HasWaves => false;

    /// <summary>The rows to learn from and those to test on.</summary>
    public abstract (IDataView Train, IDataView Test) Load(MLContext ml, string folder);

    /// <summary>What makes "Features" and "Label".</summary>
    public abstract IEstimator<ITransformer> Featurize(MLContext ml);

    /// <summary>The trainers; the network first.</summary>
    public abstract IReadOnlyList<Contender> Contenders(MLContext ml);

    /// <summary>The figures of scored rows; the main one first.</summary>
    public abstract IReadOnlyDictionary<string, double> Measure(MLContext ml, IDataView scored);

    /// <summary>The trainers with all that may be chosen for them.</summary>
    public IReadOnlyList<Contender> All(MLContext ml) => !HasWaves ? Contenders(ml) :
    [
        .. Contenders(ml).Select(c => c with
        {
            Space = [.. c.Space, new("waves", 0, 1)],
            Trainer = (s, seed) => s.Is("waves") ? ml.Transforms.CopyColumns("Features", "Waves").Append(c.Trainer(s, seed)) : c.Trainer(s, seed),
        }),
    ];

    /// <summary>The features of rows, learned from those of training. All trainers read the same ones from memory, so that times are those of training.</summary>
    public (IDataView Train, IDataView Test) Featurized(MLContext ml, IDataView train, IDataView test)
    {
        ITransformer features = Featurize(ml).Fit(train);
        (train, test) = (ml.Data.Cache(features.Transform(train)), ml.Data.Cache(features.Transform(test)));
        foreach (IDataView view in (IDataView[])[train, test])
        {
            _ = view.GetColumn<float[]>("Features").Count();
        }

        return (train, test);
    }

    /// <summary>Trains one contender and measures it.</summary>
    public Result Train(MLContext ml, Contender contender, Settings settings, ulong seed, IDataView train, IDataView test)
    {
        long start = Stopwatch.GetTimestamp();
        ITransformer model = contender.Trainer(settings, seed).Fit(train);
        TimeSpan training = Stopwatch.GetElapsedTime(start);
        var result = new Result(contender, Measure(ml, model.Transform(test)), training);
        foreach (IDisposable held in new[] { model }.Concat(model as IEnumerable<ITransformer> ?? []).OfType<IDisposable>())
        {
            held.Dispose();
        }

        return result;
    }

    /// <summary>Trains the contenders with the settings that were chosen for them, with one seed.</summary>
    public IReadOnlyList<Result> Run(string folder, ulong seed, Action<Result>? report = null, Func<Contender, bool>? take = null)
    {
        var ml = new MLContext((int)seed);
        (IDataView train, IDataView test) = Load(ml, folder);
        (train, test) = Featurized(ml, train, test);
        var results = new List<Result>();
        foreach (Contender contender in All(ml).Where(c => take?.Invoke(c) ?? true))
        {
            Result result = Train(ml, contender, Chosen.For(this, contender), seed, train, test);
            results.Add(result);
            report?.Invoke(result);
        }

        return results;
    }

    /// <summary>A share of the rows for testing, the same ones in each run.</summary>
    protected static (IDataView Train, IDataView Test) Divide(MLContext ml, IDataView rows, double testShare)
    {
        DataOperationsCatalog.TrainTestData parts = ml.Data.TrainTestSplit(rows, testShare, seed: 1);
        return (parts.TrainSet, parts.TestSet);
    }

    /// <summary>Linear trainers expect features of about one size.</summary>
    protected static EstimatorChain<ITransformer> Normalized(MLContext ml, IEstimator<ITransformer> trainer) =>
        ml.Transforms.NormalizeMeanVariance("Features", fixZero: false).Append(trainer);
}
