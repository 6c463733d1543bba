using System.Globalization;
using System.Text.Json.Nodes;
using Toolkit.Modeling.Data;

namespace Toolkit.Tool.Scoring;

/// <summary>What scores are worth, beside labels.</summary>
internal static class Evaluated
{
    /// <summary>The report on classes where there are several scores for a row, otherwise on numbers.</summary>
    /// <param name="scores">The scores of each row.</param>
    /// <param name="labels">The label of each row.</param>
    /// <param name="classes">The names of the classes; null for a number, or for the numbers of the scores.</param>
    public static JsonObject Of(IReadOnlyList<float[]> scores, IReadOnlyList<float> labels, IReadOnlyList<string>? classes)
    {
        if (scores.Index().FirstOrDefault(row => row.Item.Any(float.IsNaN)) is { Item: not null, Index: var bad })
            throw new DataException($"Expected numbers as scores, found NaN in row {bad} (counted from 0).");
        int width = scores[0].Length;
        if (classes is null && width == 1)
            return NumberReport.Of([.. scores.Select(row => row[0])], labels);
        classes ??= [.. Enumerable.Range(0, width).Select(c => c.ToString(CultureInfo.InvariantCulture))];
        if (classes.Count != width)
            throw new DataException($"Expected a score for each of {classes.Count} classes, found {width} scores in a row.");
        foreach ((int row, float label) in labels.Index())
        {
            if (label < 0 || label >= width || label != (int)label)
                throw new DataException($"Expected labels from 0 to {width - 1}, found {label.ToString(CultureInfo.InvariantCulture)} in row {row} (counted from 0).");
        }

        return ClassReport.Of(scores, [.. labels.Select(label => (int)label)], classes);
    }
}
