using System.Globalization;
using Toolkit.Modeling.Data;

namespace Toolkit.Samples.Digits;

/// <summary>Prints accuracy, agreement and speed; the last line is for programs.</summary>
internal static class Report
{
    public static void Print(IReadOnlyList<Scores> scores, Dataset test, TimeSpan elapsed)
    {
        ReadOnlySpan<long> truth = test.Labels.Span;
        foreach (Scores score in scores)
        {
            Console.WriteLine(Invariant($"{score.Way,-24} accuracy {Accuracy(score.Labels, truth):F4}  {score.RowsPerSecond,12:N0} rows/s"));
        }

        float parity = 0;
        bool labelsEqual = true;
        foreach (Scores other in scores.Skip(1))
        {
            for (int i = 0; i < other.Probabilities.Length; i++)
            {
                parity = Math.Max(parity, Math.Abs(other.Probabilities[i] - scores[0].Probabilities[i]));
            }

            labelsEqual &= other.Labels.AsSpan().SequenceEqual(scores[0].Labels);
        }

        Console.WriteLine(Invariant($"Largest difference of the probabilities: {parity:E1}; labels equal: {labelsEqual}"));
        Console.WriteLine(Invariant(
            $"RESULT accuracy={Accuracy(scores[0].Labels, truth):F4} parity={parity:0.0e+0} labels_equal={(labelsEqual ? "true" : "false")} ") + Invariant(
            $"native_rows_per_s={scores[0].RowsPerSecond:F0} onnx_rows_per_s={scores[1].RowsPerSecond:F0} mlnet_rows_per_s={scores[2].RowsPerSecond:F0} ") +
            Invariant($"seconds={elapsed.TotalSeconds:F1}"));
    }

    private static double Accuracy(long[] labels, ReadOnlySpan<long> truth)
    {
        int right = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            right += labels[i] == truth[i] ? 1 : 0;
        }

        return (double)right / labels.Length;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
