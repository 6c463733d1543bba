using System.Globalization;
using Microsoft.ML;
using Toolkit.Autograd.Tests;
using Toolkit.MLNetIntegration;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;

namespace Toolkit.Tool.Tests.Formats;

/// <summary>Files that were written once are read for ever: a file of each version of each format is committed, with the numbers that it gave.</summary>
public sealed class FormatTests
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("pipeline-1")]
    [InlineData("pipeline-2")]
    [InlineData("pipeline-3")]
    public void A_pipeline_is_read(string name)
    {
        var ml = new MLContext();
        Equal(FormatFiles.Expected(name), FormatFiles.Scores(ml, ml.LoadBatched(FormatFiles.PathOf($"{name}.zip"), out _)));
    }

    [Fact]
    public void A_checkpoint_is_read_and_its_training_goes_on()
    {
        Trainer trainer = FormatFiles.Training();
        Checkpoint.Load(FormatFiles.PathOf("training-3.checkpoint"), trainer);
        Assert.Equal(2, trainer.EpochsDone);
        Equal(FormatFiles.Expected("training-3"), FormatFiles.Logits(trainer));
        History history = trainer.Fit(FormatFiles.Examples(), new() { Epochs = 3, BatchSize = 8, Seed = 4 }, TestContext.Current.CancellationToken);
        Assert.Equal(3, history.Epochs.Count);
    }

    /// <summary>A model of the tool knows its columns and classes by its metadata; the first version reads keys of categories, the second their texts.</summary>
    [Theory]
    [InlineData("table-1")]
    [InlineData("table-2")]
    public async Task A_model_of_the_tool_is_read(string name)
    {
        using var folder = new TemporaryFolder();
        await ToolRun.JsonOfAsync("score", FormatFiles.PathOf($"{name}.csv"), "--model", FormatFiles.PathOf($"{name}.onnx"), "--out", folder.File("scores.csv"));
        string[] lines = await File.ReadAllLinesAsync(folder.File("scores.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("prediction,probability_large,probability_little", lines[0]);
        Equal(FormatFiles.Expected(name), [.. lines[1..].SelectMany(line => line.Split(',')[1..]).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))]);
    }

    /// <summary>Writes the files of the present versions that are not there. Run it by hand when a format gets a new version, and commit what it writes.</summary>
    [Fact(Explicit = true)]
    public async Task Files_of_new_versions_are_written()
    {
        foreach (int version in new[] { 1, 2, 3 }.Where(version => !File.Exists(FormatFiles.PathOf($"pipeline-{version}.zip"))))
        {
            var ml = new MLContext(seed: 1);
            string vocabulary = FormatFiles.PathOf("vocabulary.txt");
            await File.WriteAllLinesAsync(vocabulary, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "no", "view", "garden", ","], TestContext.Current.CancellationToken);
            using var pipeline = (IDisposable)FormatFiles.Pipeline(ml, version, vocabulary);
            File.Delete(vocabulary);
            ml.SaveAtomic((ITransformer)pipeline, ml.Data.LoadFromEnumerable(FormatFiles.Rows).Schema, FormatFiles.PathOf($"pipeline-{version}.zip"));
            Write($"pipeline-{version}", FormatFiles.Scores(ml, (ITransformer)pipeline));
        }

        if (!File.Exists(FormatFiles.PathOf("training-3.checkpoint")))
        {
            Trainer trainer = FormatFiles.Training();
            trainer.Fit(FormatFiles.Examples(), new() { Epochs = 2, BatchSize = 8, Seed = 4 }, TestContext.Current.CancellationToken);
            Checkpoint.Save(FormatFiles.PathOf("training-3.checkpoint"), trainer);
            Write("training-3", FormatFiles.Logits(trainer));
        }

        foreach (string name in new[] { "table-1", "table-2" }.Where(name => !File.Exists(FormatFiles.PathOf($"{name}.onnx"))))
        {
            string table = FormatFiles.PathOf($"{name}.csv"), scores = FormatFiles.PathOf("scores.csv");
            IEnumerable<FormatFiles.Flat> rows = Enumerable.Repeat(FormatFiles.Rows, 5).SelectMany(each => each);
            await File.WriteAllLinesAsync(
                table, ["size,place,kind", .. rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Size},{row.Place},{row.Kind}"))], TestContext.Current.CancellationToken);
            await ToolRun.JsonOfAsync("train", table, "--out", FormatFiles.PathOf($"{name}.onnx"), "--hidden", "4", "--epochs", "5");
            await ToolRun.JsonOfAsync("score", table, "--model", FormatFiles.PathOf($"{name}.onnx"), "--out", scores);
            Write(name, (await File.ReadAllLinesAsync(scores, TestContext.Current.CancellationToken))[1..].SelectMany(line => line.Split(',')[1..]).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)));
            File.Delete(scores);
            File.Delete(FormatFiles.PathOf($"{name}.zip"));
        }
    }

    private static void Write(string name, IEnumerable<double> numbers) => File.WriteAllLines(FormatFiles.PathOf($"{name}.txt"), numbers.Select(number => number.ToString("G9", CultureInfo.InvariantCulture)));

    private static void Equal(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, Tolerance * Math.Max(1, Math.Abs(pair.First))));
    }
}
