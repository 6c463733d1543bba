using System.Diagnostics;

namespace Toolkit.Bench;

/// <summary>Times of several ways to do the same, taken in turns, so that a slow spell of the machine meets all.</summary>
internal static class Turns
{
    private const int FewestSamples = 7, SpinMilliseconds = 100;

    /// <summary>Seconds of one call of each, the median of samples of about ten milliseconds and more.</summary>
    /// <param name="threads">Threads of each.</param>
    /// <param name="seconds">Time for all together; more where seven turns need it.</param>
    /// <param name="sides">What is timed; each is called once before.</param>
    public static double[] Medians(int threads, double seconds, params Action[] sides)
    {
        int[] repeats = [.. sides.Select(Repeats)];
        List<double>[] samples = [.. sides.Select(_ => new List<double>())];
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        do
        {
            for (int side = 0; side < sides.Length; side++)
            {
                // Threads of the other side spin for a while, waiting for more.
                if (threads > 1)
                    Thread.Sleep(SpinMilliseconds);

                // The first call after another side finds its caches cold.
                sides[side]();
                samples[side].Add(Seconds(sides[side], repeats[side]));
            }
        }
        while (Stopwatch.GetTimestamp() < end || samples[0].Count < FewestSamples);

        return [.. samples.Select(list => list.Order().ElementAt(list.Count / 2))];
    }

    private static int Repeats(Action side)
    {
        // Long enough for methods to be compiled for good.
        long end = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 3);
        double last;
        do
            last = Seconds(side, 1);
        while (Stopwatch.GetTimestamp() < end);
        return Math.Clamp((int)(0.01 / last), 1, 10_000);
    }

    private static double Seconds(Action side, int repeats)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
            side();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }
}
