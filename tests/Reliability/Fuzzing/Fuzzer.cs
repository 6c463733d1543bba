using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Tests;

namespace Toolkit.Reliability.Fuzzing;

/// <summary>
/// Reads mutants of valid files: each is read or refused with a documented exception, within a time and an amount of memory in proportion to it. The time is that of
/// the processor, so that a busy machine fails nothing; the clock bounds only what hangs.
/// </summary>
internal sealed record Fuzzer(FuzzTarget Target) : Harness(Target.Name)
{
    private const int Few = 150;

    // Seconds until something counts as hanging.
    private const int Hang = 30;

    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2), Beat = TimeSpan.FromSeconds(1);

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
        int count = isLong ? Target.Many : Few, read = 0, refused = 0;
        (TimeSpan slowest, TimeSpan longest, long largest) = (TimeSpan.Zero, TimeSpan.Zero, 0);
        for (; read < count && failures.Count < 20; read++)
        {
            byte[] mutant = Mutant(seeds, seed, read);
            File.WriteAllBytes(path, mutant);
            string name = string.Create(CultureInfo.InvariantCulture, $"mutant {read} of seed {seed}");
            int beats = 0;

            // Beats are counted, not time: while the whole process is stopped there are none.
            using var watch = new Timer(
                _ =>
                {
                    if (Interlocked.Increment(ref beats) >= Hang)
                        Environment.FailFast($"{Name}: {name} is still being read after {Hang} s.");
                },
                null,
                Beat,
                Beat);
            TimeSpan busy = Environment.CpuUsage.TotalTime;
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

            (TimeSpan time, TimeSpan elapsed) = (Environment.CpuUsage.TotalTime - busy, Stopwatch.GetElapsedTime(start));
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            slowest = time > slowest ? time : slowest;
            longest = elapsed > longest ? elapsed : longest;
            largest = Math.Max(largest, allocated);
            if (time > MostTime || allocated > Target.MostMemory + (4L * mutant.Length))
            {
                failures.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} ({mutant.Length} bytes): {time.TotalSeconds:F2} s of the processor, {elapsed.TotalSeconds:F2} s by the clock, {allocated >> 20} MiB allocated"));
            }
        }

        return new Outcome(read, failures, string.Create(
            CultureInfo.InvariantCulture,
            $"{refused} refused, {read - refused - failures.Count} valid, slowest {slowest.TotalMilliseconds:F0} ms of the processor, {longest.TotalMilliseconds:F0} ms by the clock, most allocated {largest / 1048576.0:F1} MiB"));
    }

    /// <summary>Reads one mutant again, and leaves it in the file beside which it says so.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="number">Which mutant.</param>
    public void Repeat(int seed, int number)
    {
        byte[] mutant = Mutant(Target.Seeds(), seed, number);
        string path = Path.GetFullPath($"mutant-{seed}-{number}");
        File.WriteAllBytes(path, mutant);
        Console.WriteLine($"{path}: {mutant.Length} bytes");
        TimeSpan busy = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        try
        {
            Target.Read(path, mutant);
            Console.WriteLine("It is read.");
        }
        finally
        {
            (TimeSpan time, TimeSpan elapsed) = (Environment.CpuUsage.TotalTime - busy, Stopwatch.GetElapsedTime(start));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0} ms of the processor, {elapsed.TotalMilliseconds:F0} ms by the clock, code that runs for the first time included"));
        }
    }

    private byte[] Mutant(IReadOnlyList<byte[]> seeds, int seed, int number)
    {
        var random = new Random(HashCode(seed, number));
        return Target.Mutate(random, seeds[random.Next(seeds.Count)], seeds);
    }

    /// <summary>A number for each mutant that is the same in every process.</summary>
    private static int HashCode(int seed, int index) => unchecked((seed * 1_000_003) ^ (index * 7919));
}
