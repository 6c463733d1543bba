using System.Text.Json.Nodes;
using Toolkit.Tool.Reporting;

namespace Toolkit.Tool.Scoring;

/// <summary>How well classes are told apart.</summary>
internal static class ClassReport
{
    /// <summary>Accuracy and what belongs to it.</summary>
    /// <param name="scores">A score for each class of each row; the greatest is the prediction.</param>
    /// <param name="labels">The class of each row.</param>
    /// <param name="classes">The names of the classes.</param>
    public static JsonObject Of(IReadOnlyList<float[]> scores, IReadOnlyList<int> labels, IReadOnlyList<string> classes)
    {
        var counts = new int[classes.Count, classes.Count];
        foreach ((float[] row, int label) in scores.Zip(labels))
            counts[label, Array.IndexOf(row, row.Max())]++;
        int[] all = [.. Enumerable.Range(0, classes.Count)];
        int right = all.Sum(c => counts[c, c]);
        (double Precision, double Recall, double F1)[] each = [.. all.Select(c =>
        {
            int hits = counts[c, c], said = all.Sum(other => counts[other, c]), there = all.Sum(other => counts[c, other]);
            return (Ratio(hits, said), Ratio(hits, there), Ratio(2 * hits, said + there));
        })];
        int[] sizes = [.. all.Select(c => all.Sum(other => counts[c, other]))];
        var report = new JsonObject
        {
            ["rows"] = labels.Count,
            ["accuracy"] = Ratio(right, labels.Count),
            ["accuracyOfLargestClass"] = Ratio(sizes.Max(), labels.Count),
            ["macroF1"] = each.Where((_, c) => sizes[c] > 0).Average(c => c.F1),
        };

        // A mean logarithm says something of probabilities alone.
        if (scores.All(row => row.All(p => p is >= 0 and <= 1) && Math.Abs(row.Sum() - 1) < 1e-3))
            report["logLoss"] = scores.Zip(labels, (row, label) => -Math.Log(Math.Max(row[label], 1e-15))).Average();
        if (classes.Count == 2 && sizes.All(size => size > 0))
            report["areaUnderCurve"] = AreaUnderCurve([.. scores.Select(row => (double)row[1] - row[0])], labels);
        report["classes"] = Report.Table(all, c => new JsonObject
        {
            ["class"] = classes[c],
            ["rows"] = sizes[c],
            ["precision"] = each[c].Precision,
            ["recall"] = each[c].Recall,
            ["f1"] = each[c].F1,
        });
        if (classes.Count <= 20)
        {
            report["confusion"] = Report.Table(all, c => new JsonObject(
                all.Select(other => KeyValuePair.Create($"as {classes[other]}", (JsonNode?)counts[c, other])).Prepend(KeyValuePair.Create("true", (JsonNode?)classes[c]))));
        }

        return report;
    }

    /// <summary>The share of pairs of a row of each class of which that of the second has the greater score; equal ones count one half.</summary>
    private static double AreaUnderCurve(double[] scores, IReadOnlyList<int> labels)
    {
        double rank = 0, sum = 0;
        foreach (var same in scores.Zip(labels).GroupBy(row => row.First).OrderBy(group => group.Key))
        {
            int size = same.Count();
            sum += same.Count(row => row.Second == 1) * (rank + ((size + 1) / 2.0));
            rank += size;
        }

        double positive = labels.Count(label => label == 1), negative = labels.Count - positive;
        return (sum - (positive * (positive + 1) / 2)) / (positive * negative);
    }

    private static double Ratio(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
