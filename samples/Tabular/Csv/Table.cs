using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.Tabular.Csv;

/// <summary>A data set that is read by the CSV loader as numbers and categories, without ML.NET.</summary>
internal abstract class Table
{
    /// <summary>The data set whose chosen settings are used.</summary>
    public abstract string Name { get; }

    /// <summary>What the figure measures.</summary>
    public abstract string Figure { get; }

    /// <summary>The rows to learn from and those to test on, and what makes features of the numbers of a row.</summary>
    protected abstract (Dataset Train, Dataset Test, Func<float[], float[]> Derive) Load(string folder);

    /// <summary>What is made small, and what is measured besides.</summary>
    protected abstract (Loss Loss, IReadOnlyList<Metric> Metrics) Task { get; }

    /// <summary>The figure of an evaluation.</summary>
    /// <param name="evaluation">Loss and metrics.</param>
    /// <param name="deviation">By which targets were divided; 1 for labels.</param>
    protected abstract double Read(Evaluation evaluation, double deviation);

    /// <summary>Trains with the settings and measures on the test rows.</summary>
    public double Train(string folder, Settings settings, bool hasVectors, ulong seed)
    {
        (Dataset train, Dataset test, Func<float[], float[]> derive) = Load(folder);
        var random = new RandomSource(seed);
        (train, test, _) = Standardized(train, test, "numbers", derive);
        double deviation = 1;
        if (!train.Layout.HasLabels)
            (train, test, deviation) = Standardized(train, test, "target", value => value);
        (string Name, int Count)[] categories = [.. train.Columns.Where(c => c.Names is not null && c.Field.Name != "target").Select(c => (c.Field.Name, c.Names!.Count))];
        var trainer = new Trainer
        {
            Model = new TableModel(train.Layout.Fields.Single(f => f.Name == "numbers").Shape[0].Size, categories, hasVectors, settings, random),
            Loss = Task.Loss,
            Metrics = Task.Metrics,
            Optimizer = new Adam { LearningRate = settings["rate"] },
            Regularizers = [new L2(settings["decay"])],
        };
        (Dataset learned, Dataset? held) = settings.Is("early stop") ? train.Split(0.9, random) : (train, null);
        trainer.Fit(learned, new FitOptions
        {
            Epochs = settings.Count("epochs"),
            BatchSize = settings.Count("batch"),
            Seed = seed,
            Validation = held,
            EarlyStopping = held is null ? null : new EarlyStopping { Patience = 10 },
        });
        return Read(trainer.Evaluate(test), deviation);
    }

    /// <summary>A field of both sets made of its numbers row by row, with mean 0 and deviation 1 in the training rows.</summary>
    private static (Dataset Train, Dataset Test, double Deviation) Standardized(Dataset train, Dataset test, string name, Func<float[], float[]> derive)
    {
        float[][] rows = Rows(train);
        int width = rows[0].Length;
        double[] means = [.. Enumerable.Range(0, width).Select(i => rows.Average(row => (double)row[i]))];
        double[] deviations = [.. means.Select((mean, i) => Math.Sqrt(rows.Average(row => (row[i] - mean) * (row[i] - mean))))];
        return (With(train, rows), With(test, Rows(test)), deviations[0]);

        float[][] Rows(Dataset data) => [.. data.Batches(new BatchOptions { Size = data.Count }).Single()[name].ToArray<float>()
            .Chunk(data.Columns.Single(c => c.Field.Name == name).Field.Shape.ElementCount.Size).Select(derive)];
        Dataset With(Dataset data, float[][] of) => data.With(Column.Of(name, [.. of.SelectMany(row => row.Select((x, i) => (float)((x - means[i]) / (deviations[i] > 0 ? deviations[i] : 1))))], width));
    }
}
