using System.Diagnostics;
using System.Globalization;

namespace Toolkit.Bench.Steps;

/// <summary>Steps per second of the cases that the peers are timed on, measured in the same way: five steps to warm up, then the median of blocks of 0.2 s.</summary>
internal static class StepRates
{
    public static void Run(IEnumerable<(string Name, Func<TimedCase> Make)> cases, double seconds, HashSet<string>? only)
    {
        foreach ((string name, Func<TimedCase> make) in cases)
        {
            if (only is null || only.Contains(name))
            {
                double rate = Measure(make().Step, seconds);
                Console.WriteLine($"{name}\t{rate.ToString("F1", CultureInfo.InvariantCulture)}");
            }
        }
    }

    /// <summary>Prints where the time of one case goes.</summary>
    public static void Profile(string name, int threads)
    {
        (_, Func<TimedCase> make) = Cases.All(threads).Single(c => c.Name == name);
        TimedCase ready = make();
        Measure(ready.Step, seconds: 1);
        Console.WriteLine(ready.Profile?.Invoke(20).ToString() ?? $"{name} is a single kernel.");
    }

    /// <summary>The steps per second of one case.</summary>
    public static double Measure(Action step, double seconds)
    {
        for (int i = 0; i < 5; i++)
        {
            step();
        }

        var rates = new List<double>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            int n = 0;
            var block = Stopwatch.StartNew();
            while (block.Elapsed.TotalSeconds < 0.2)
            {
                step();
                n++;
            }

            rates.Add(n / block.Elapsed.TotalSeconds);
        }

        rates.Sort();
        return rates[rates.Count / 2];
    }
}
