using System.Diagnostics;
using System.Globalization;

namespace Toolkit.Bench.Steps;

/// <summary>
/// Seconds from the start of the process to the first finished step of one case, the peak memory of the process after 50 more,
/// and the rate in the second that follows the first step over the rate of the three seconds after it.
/// </summary>
internal static class ColdStart
{
    public static void Run(int threads, string name)
    {
        Action step = Cases.All(threads).Single(c => c.Name == $"train-{name}").Make().Step;
        step();
        var clock = Stopwatch.StartNew();
        Process me = Process.GetCurrentProcess();
        Print($"cold-{name}", (DateTime.Now - me.StartTime).TotalSeconds, "F3");
        for (int i = 0; i < 50; i++)
        {
            step();
        }

        me.Refresh();
        Print($"peak-mib-{name}", me.PeakWorkingSet64 / 1048576.0, "F0");
        int first = 50 + StepsUntil(step, clock, seconds: 1);
        double start = clock.Elapsed.TotalSeconds;
        int steady = StepsUntil(step, clock, seconds: 4);
        Print($"first-second-{name}", first / start / (steady / (clock.Elapsed.TotalSeconds - start)), "F2");
        Print($"steps-per-second-{name}", steady / (clock.Elapsed.TotalSeconds - start), "F1");
    }

    private static int StepsUntil(Action step, Stopwatch clock, double seconds)
    {
        int n = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; n++)
        {
            step();
        }

        return n;
    }

    private static void Print(string name, double value, string format) =>
        Console.WriteLine($"{name}\t{value.ToString(format, CultureInfo.InvariantCulture)}");
}
