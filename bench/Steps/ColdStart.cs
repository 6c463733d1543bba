using System.Diagnostics;
using System.Globalization;

namespace Toolkit.Bench.Steps;

/// <summary>Seconds from the start of the process to the first finished step of the MNIST MLP, and the peak memory of the process after 50 more.</summary>
internal static class ColdStart
{
    public static void Run(int threads, string name)
    {
        Action step = Cases.All(threads).Single(c => c.Name == $"train-{name}").Make().Step;
        step();
        Process me = Process.GetCurrentProcess();
        Print($"cold-{name}", (DateTime.Now - me.StartTime).TotalSeconds, "F3");
        for (int i = 0; i < 50; i++)
        {
            step();
        }

        me.Refresh();
        Print($"peak-mib-{name}", me.PeakWorkingSet64 / 1048576.0, "F0");
    }

    private static void Print(string name, double value, string format) =>
        Console.WriteLine($"{name}\t{value.ToString(format, CultureInfo.InvariantCulture)}");
}
