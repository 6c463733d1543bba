using System.Diagnostics;

namespace Toolkit.Conformance.Files;

/// <summary>Times two programs in alternation, so that a slow spell of the machine meets both.</summary>
internal static class Rates
{
    private const int Rounds = 5;

    /// <summary>The runs per second of each: the medians of five rounds.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    /// <param name="seconds">The seconds for each.</param>
    public static (double First, double Second) Compare(Action first, Action second, double seconds)
    {
        first();
        second();
        var rates = new double[2][] { new double[Rounds], new double[Rounds] };
        for (int round = 0; round < Rounds; round++)
        {
            rates[0][round] = Rate(first, seconds / Rounds);
            rates[1][round] = Rate(second, seconds / Rounds);
        }

        return (rates[0].Order().ElementAt(Rounds / 2), rates[1].Order().ElementAt(Rounds / 2));
    }

    private static double Rate(Action run, double seconds)
    {
        int runs = 0;
        long start = Stopwatch.GetTimestamp();
        double elapsed;
        do
        {
            run();
            runs++;
            elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        while (elapsed < seconds);
        return runs / elapsed;
    }
}
