using Toolkit.MadeData;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Training;
using Toolkit.Samples.BookResults;
using Toolkit.Samples.BookResults.Experiments;
using Toolkit.Samples.Forecast;
using Toolkit.Samples.Reviews;

namespace Toolkit.BookResults.Tests;

/// <summary>The samples that read sequences, shortened, with what each must show on data that it has not seen.</summary>
public sealed class SequenceSampleTests
{
    [Fact]
    public void Reviews_are_judged_by_their_words_and_by_their_order()
    {
        var random = new RandomSource(1);
        (string[] texts, long[] labels) = ReviewTexts.Create(2000, random);
        Trainer trainer = ReviewClassifier.Train(ReviewTexts.Read(texts, labels), epochs: 10, random);
        (string[] others, long[] verdicts) = ReviewTexts.Create(500, random);
        string[] mixed = [.. others.Select(text =>
        {
            string[] words = text.Split(' ');
            random.Shuffle<string>(words);
            return string.Join(' ', words);
        })];
        Assert.InRange(Accuracy(others), 0.97, 1);
        Assert.InRange(Accuracy(mixed), 0.4, 0.85);

        double Accuracy(string[] read) => trainer.Evaluate(ReviewTexts.Read(read, verdicts))["verdict accuracy"];
    }

    [Fact]
    public void Intervals_enclose_four_fifths_of_what_comes()
    {
        var random = new RandomSource(1);
        Trainer trainer = Forecaster.Train(Series.Create(1500, random), epochs: 12, random);
        Dataset others = Series.Create(600, random);
        double[] covered = Forecaster.Coverage(trainer, others);
        Assert.InRange(covered.Average(), 0.75, 0.85);
        Assert.All(covered, share => Assert.InRange(share, 0.68, 0.92));

        // The noise alone has a mean absolute error of 0.8 · 0.15; the last hour as the forecast is off by more than half.
        double error = trainer.Evaluate(others).Metrics.Values.Single();
        Assert.InRange(error, 0.1, 0.2);

        // The hour a day before has the noise twice: √2 · 0.8 · 0.15 is its mean absolute error, about.
        double before = Forecaster.ErrorOfDayBefore(others);
        Assert.Equal(Math.Sqrt(2) * 0.12, before, 0.01);
        Assert.InRange(error, 0, 0.9 * before);
    }

    /// <summary>A few hundred drawn digits, read better than by the nearest mean of a class, which sees the whole picture at once; all of MNIST is read by hand: <c>docs/book-results.md</c>.</summary>
    [Fact]
    public void Long_short_term_memory_reads_digits_row_by_row()
    {
        var experiment = new LstmRows();
        var laboratory = new Laboratory(
            new LaboratoryOptions { Data = DataFiles.Folder, Epochs = 6, Threads = 1, Quiet = true }, experiment, TestContext.Current.CancellationToken);
        Dictionary<string, double> found = experiment.Run(laboratory).ToDictionary(f => f.Name, f => f.Value);
        Assert.InRange(found["test error %"], 0, Baselines.NearestMean(Baselines.Digits.Train, Baselines.Digits.Test));
    }
}
