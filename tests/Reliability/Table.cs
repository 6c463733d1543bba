using System.Diagnostics;
using System.Globalization;

namespace Toolkit.Reliability;

/// <summary>Runs harnesses one after another, each in a process of its own with a bounded heap, and prints a table.</summary>
internal static class Table
{
    // The most that a reader of small files may allocate lies far below; what asks for more fails instead of filling the machine.
    private const long MostHeap = 2L << 30;

    public static int Run(bool isLong, IReadOnlyList<string> names)
    {
        Harness[] chosen = [.. Harness.All.Where(h => names.Count == 0 || names.Contains(h.Name))];
        if (chosen.Length == 0)
        {
            Console.Error.WriteLine($"Expected names of harnesses, of {string.Join(", ", Harness.All.Select(h => h.Name))}.");
            return 2;
        }

        int failed = 0, mutants = 0;
        Console.WriteLine("| harness | cases | failures | seconds | figures |\n|---|---|---|---|---|");
        foreach (Harness harness in chosen)
        {
            long start = Stopwatch.GetTimestamp();
            using Process process = Start(["harness", harness.Name, isLong ? "long" : "short"], heap: MostHeap);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            string[] fields = output.Split('\n').LastOrDefault(l => l.StartsWith("| ", StringComparison.Ordinal))?.Split('|', StringSplitOptions.TrimEntries) ?? [];
            bool ended = fields.Length > 3;
            string seconds = Stopwatch.GetElapsedTime(start).TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);
            Console.WriteLine(ended
                ? $"| {harness.Name} | {fields[1]} | {fields[2]} | {seconds} | {fields[3]} |"
                : $"| {harness.Name} | - | 1 | {seconds} | the process ended with {process.ExitCode}: {output} |");
            failed += ended && process.ExitCode == 0 ? 0 : 1;
            mutants += ended && harness is Fuzzing.Fuzzer ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;
        }

        Console.WriteLine($"\n{mutants} mutants, {failed} harnesses with failures.");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>Runs one harness in this process and prints a row for <see cref="Run"/>; failures go to standard error. Without a seed a long run takes one from the clock.</summary>
    public static int RunOne(string name, bool isLong, int? given)
    {
        int seed = given ?? (isLong ? Environment.TickCount & 0xFFFFFF : Harness.FixedSeed);
        Outcome outcome = Harness.All.Single(h => h.Name == name).Run(isLong, seed);
        foreach (string failure in outcome.Failures)
        {
            Console.Error.WriteLine($"{name}: {failure}");
        }

        Console.WriteLine($"| {outcome.Cases} | {outcome.Failures.Count} | {(outcome.Skipped is null ? $"{outcome.Note}, seed {seed}" : $"skipped: {outcome.Skipped}")} |");
        return outcome.Failures.Count == 0 ? 0 : 1;
    }

    /// <summary>Reads the one mutant that a failure names.</summary>
    public static int Repeat(string name, int seed, int number)
    {
        Harness.All.OfType<Fuzzing.Fuzzer>().Single(fuzzer => fuzzer.Name == name).Repeat(seed, number);
        return 0;
    }

    /// <summary>Checks the one graph that a failure names.</summary>
    public static int RepeatGraph(int seed, int number)
    {
        Graphs.GraphFuzzer.Repeat(seed, number);
        return 0;
    }

    /// <summary>Starts this program once more.</summary>
    public static Process Start(IEnumerable<string> arguments, long? heap = null)
    {
        string program = Environment.ProcessPath!;
        string assembly = typeof(Table).Assembly.Location;
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in isHost ? [assembly, .. arguments] : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (heap is { } most)
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = most.ToString("X", CultureInfo.InvariantCulture);
        }

        return Process.Start(start)!;
    }
}
