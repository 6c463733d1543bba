using System.Globalization;

namespace Toolkit.Tool.Scoring;

/// <summary>Scores as comma-separated values: a header, then a line for each row, in the order of the rows.</summary>
internal static class ScoreFile
{
    /// <summary>Writes scores: of classes the prediction and the probability of each, of a number the prediction, otherwise each score under the name of its output. What stands in a file for each row has the
    /// name of the file before that.</summary>
    public static void Write(Scores scores, IReadOnlyList<string>? classes, bool isOurs, IReadOnlyList<string>? files, TextWriter output)
    {
        // A file that names classes may have other outputs, too, or scores that are no probabilities.
        if (classes?.Count != scores.Names.Count)
            classes = null;
        string score = scores.Rows.All(IsDistribution) ? "probability" : "score";
        if (files is not null)
            output.Write("file,");
        output.Write(string.Join(',', classes is not null ? classes.Select(name => Quoted($"{score}_{name}")).Prepend("prediction") : isOurs && scores.Names.Count == 1 ? ["prediction"] : scores.Names.Select(Quoted)));
        output.Write('\n');
        foreach ((int index, float[] row) in scores.Rows.Index())
        {
            if (files is not null)
                output.Write($"{Quoted(files[index])},");
            IEnumerable<string> cells = row.Select(score => score.ToString(CultureInfo.InvariantCulture));
            output.Write(string.Join(',', classes is null ? cells : cells.Prepend(Quoted(classes[Array.IndexOf(row, row.Max())]))));
            output.Write('\n');
        }
    }

    private static bool IsDistribution(float[] row) => row.All(score => score is >= 0 and <= 1) && Math.Abs(row.Sum() - 1) < 1e-3;

    private static string Quoted(string text) => text.AsSpan().ContainsAny(',', '"', '\n') || text.Contains('\r', StringComparison.Ordinal) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
