using System.Diagnostics;

namespace Toolkit.Tool.Benchmarks;

/// <summary>Times two programs in turns, so that a slow spell of the machine meets both.</summary>
internal static class Alternation
{
    private const int Rounds = 9;

    // Threads of the one spin for about so long before they sleep, on cores that the other needs.
    private const int SpinMilliseconds = 100;

    /// <summary>The runs per second of each: the medians of nine rounds.</summary>
    /// <param name="first">The first, which has run before.</param>
    /// <param name="second">The second, which has run before.</param>
    /// <param name="seconds">The seconds for each.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static (double First, double Second) Rates(Action first, Action second, double seconds, CancellationToken cancellation)
    {
        var rates = new (double First, double Second)[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            rates[round] = (Rate(first, seconds / Rounds), Rate(second, seconds / Rounds));
        }

        return (rates.Select(each => each.First).Order().ElementAt(Rounds / 2), rates.Select(each => each.Second).Order().ElementAt(Rounds / 2));
    }

    private static double Rate(Action run, double seconds)
    {
        Thread.Sleep(SpinMilliseconds);

        // The first run finds its caches cold and its threads asleep.
        run();
        long start = Stopwatch.GetTimestamp();
        int runs = 0;
        do
        {
            run();
            runs++;
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        return runs / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
