using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Tests;

namespace Toolkit.Reliability.Fuzzing;

/// <summary>Reads mutants of valid files: each is read or refused with a documented exception, within a time and an amount of memory in proportion to it.</summary>
internal sealed record Fuzzer(FuzzTarget Target) : Harness(Target.Name)
{
    private const int Many = 15_000, Few = 150;

    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2), Hang = TimeSpan.FromSeconds(30);

    public override Outcome Run(bool isLong, int seed)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("mutant");
        IReadOnlyList<byte[]> seeds = Target.Seeds();
        foreach (byte[] valid in seeds)
        {
            File.WriteAllBytes(path, valid);
            Target.Read(path, valid);
        }

        var failures = new List<string>();
        int count = isLong ? Many : Few, refused = 0;
        (double slowest, long largest) = (0, 0);
        for (int i = 0; i < count && failures.Count < 20; i++)
        {
            var random = new Random(HashCode(seed, i));
            byte[] mutant = Target.Mutate(random, seeds[random.Next(seeds.Count)], seeds);
            File.WriteAllBytes(path, mutant);
            string name = string.Create(CultureInfo.InvariantCulture, $"mutant {i} of seed {seed}");
            using var watch = new Timer(_ => Environment.FailFast($"{Name}: {name} is still being read after {Hang.TotalSeconds} s."), null, Hang, Timeout.InfiniteTimeSpan);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                Target.Read(path, mutant);
            }
            catch (Exception e) when (Target.IsTyped(e))
            {
                refused++;
            }
            catch (Exception e)
            {
                failures.Add($"{name} ({mutant.Length} bytes): {e}");
            }

            TimeSpan time = Stopwatch.GetElapsedTime(start);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            (slowest, largest) = (Math.Max(slowest, time.TotalMilliseconds), Math.Max(largest, allocated));
            if (time > MostTime || allocated > Target.MostMemory + (4L * mutant.Length))
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"{name} ({mutant.Length} bytes): {time.TotalSeconds:F2} s, {allocated >> 20} MiB allocated"));
            }
        }

        return new Outcome(count, failures, string.Create(
            CultureInfo.InvariantCulture,
            $"{refused} refused, {count - refused - failures.Count} valid, slowest {slowest:F0} ms, most allocated {largest / 1048576.0:F1} MiB"));
    }

    /// <summary>A number for each mutant that is the same in every process.</summary>
    private static int HashCode(int seed, int index) => unchecked((seed * 1_000_003) ^ (index * 7919));
}
