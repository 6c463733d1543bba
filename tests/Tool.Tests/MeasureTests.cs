using System.Text.Json.Nodes;
using Toolkit.Modeling;
using Toolkit.Tool.Data;
using Toolkit.Tool.Scoring;

namespace Toolkit.Tool.Tests;

/// <summary>Measures and divisions, against counts by hand.</summary>
public sealed class MeasureTests
{
    /// <summary>Rows are truths: a was taken for a, a, b; b for b, c; c for c.</summary>
    [Fact]
    public void Measures_of_classes_are_counted()
    {
        float[][] scores = [[3, 1, 2], [9, 8, 7], [0, 1, 0], [0, 5, 1], [1, 2, 3], [-3, -2, -1]];
        JsonObject report = ClassReport.Of(scores, [0, 0, 0, 1, 1, 2], ["a", "b", "c"]);
        Assert.Equal(4 / 6.0, (double)report["accuracy"]!, 1e-12);
        Assert.Equal(3 / 6.0, (double)report["accuracyOfLargestClass"]!, 1e-12);
        Assert.Equal([1, 0.5, 0.5], report["classes"]!.AsArray().Select(row => (double)row!["precision"]!));
        Assert.Equal([2 / 3.0, 0.5, 1], report["classes"]!.AsArray().Select(row => (double)row!["recall"]!));
        Assert.Equal((0.8 + 0.5 + (2 / 3.0)) / 3, (double)report["macroF1"]!, 1e-12);
        Assert.Equal([2, 1, 0, 0, 1, 1, 0, 0, 1], report["confusion"]!.AsArray().SelectMany(row => new[] { "as a", "as b", "as c" }.Select(name => (int)row![name]!)));
        Assert.Null(report["logLoss"]);
        Assert.Null(report["areaUnderCurve"]);
    }

    [Fact]
    public void The_area_under_the_curve_is_the_share_of_pairs_in_order()
    {
        var random = new RandomSource(4);
        float[] second = [.. Enumerable.Range(0, 40).Select(_ => random.NextInt32(8) / 8f)];
        int[] labels = [.. second.Select(p => random.NextDouble() < (p + 0.3) / 1.6 ? 1 : 0)];
        double pairs = 0, right = 0;
        foreach ((float p, int positive) in second.Zip(labels))
        {
            foreach ((float q, int negative) in second.Zip(labels))
            {
                if (positive == 1 && negative == 0)
                    (pairs, right) = (pairs + 1, right + (p > q ? 1 : p == q ? 0.5 : 0));
            }
        }

        JsonObject report = ClassReport.Of([.. second.Select(p => new[] { 1 - p, p })], labels, ["no", "yes"]);
        Assert.Equal(right / pairs, (double)report["areaUnderCurve"]!, 1e-12);
        Assert.Equal(-second.Zip(labels, (p, label) => Math.Log(Math.Max(label == 1 ? p : 1 - p, 1e-15))).Average(), (double)report["logLoss"]!, 1e-6);
    }

    [Theory]
    [InlineData(0.1, 0.1)]
    [InlineData(0.25, 0)]
    [InlineData(0, 0.3)]
    public void Each_part_has_its_share_of_each_class(double validation, double test)
    {
        float[] labels = [.. Enumerable.Range(0, 400).Select(i => (float)(i % 4 == 0 ? 1 : 0))];
        Partition parts = Partition.Of(labels, validation, test, seed: 1);
        Assert.Equal(Enumerable.Range(0, 400), parts.Train.Concat(parts.Validation).Concat(parts.Test).Order());
        foreach ((IReadOnlyList<int> part, double share) in new[] { (parts.Validation, validation), (parts.Test, test) })
        {
            Assert.InRange(part.Count, (400 * share) - 1, (400 * share) + 1);
            Assert.InRange(part.Count(row => labels[row] == 1), (100 * share) - 1.5, (100 * share) + 1.5);
        }

        Assert.Equal(parts.Train, Partition.Of(labels, validation, test, seed: 1).Train);
        Assert.NotEqual(parts.Train, Partition.Of(labels, validation, test, seed: 2).Train);
    }
}
