using System.Diagnostics;
using System.Globalization;

namespace Toolkit.Bench.Steps;

/// <summary>What one derivative costs in terms of another: processor time for a step of each, taken in turns, and the median of the quotients.</summary>
internal static class DerivativeCosts
{
    private static readonly (string Case, string Unit, double Goal)[] Quotients =
    [
        ("hvp-mlp-mnist", "gradient-mlp-mnist", 3),
        ("train-deep-64-recomputed", "train-deep-64", 1.4),
    ];

    public static void Run(int threads, double seconds, int rounds)
    {
        foreach ((string name, string unit, double goal) in Quotients)
        {
            (Action step, Action one) = (Find(threads, name), Find(threads, unit));
            Time(step, seconds);
            Time(one, seconds);
            double[] quotients = [.. Enumerable.Range(0, rounds).Select(_ => Time(step, seconds) / Time(one, seconds)).Order()];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name} / {unit}: {quotients[rounds / 2]:F2} ({quotients[0]:F2} to {quotients[^1]:F2} in {rounds} rounds; goal ≤ {goal})"));
        }
    }

    private static Action Find(int threads, string name) => Cases.All(threads).Single(each => each.Name == name).Make().Step;

    /// <summary>Seconds of processor time for a step.</summary>
    private static double Time(Action step, double seconds)
    {
        using var process = Process.GetCurrentProcess();
        var clock = Stopwatch.StartNew();
        TimeSpan before = process.TotalProcessorTime;
        int count = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; count++)
            step();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds / count;
    }
}
