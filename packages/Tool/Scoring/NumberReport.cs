using System.Text.Json.Nodes;

namespace Toolkit.Tool.Scoring;

/// <summary>How well a number is predicted, in its own units.</summary>
internal static class NumberReport
{
    /// <summary>Root mean square error, mean absolute error, and the share of the variance that is explained (R²; null where the numbers do not vary).</summary>
    public static JsonObject Of(IReadOnlyList<float> predictions, IReadOnlyList<float> numbers)
    {
        double mean = numbers.Average(x => (double)x), variance = numbers.Average(x => (x - mean) * (x - mean));
        double squared = predictions.Zip(numbers, (p, x) => ((double)p - x) * ((double)p - x)).Average();
        return new JsonObject
        {
            ["rows"] = numbers.Count,
            ["rootMeanSquareError"] = Math.Sqrt(squared),
            ["meanAbsoluteError"] = predictions.Zip(numbers, (p, x) => Math.Abs((double)p - x)).Average(),
            ["explainedVariance"] = variance > 0 ? 1 - (squared / variance) : null,
            ["standardDeviation"] = Math.Sqrt(variance),
        };
    }
}
