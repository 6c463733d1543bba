using System.Diagnostics;
using System.Globalization;
using Toolkit.Bench.Steps;

namespace Toolkit.Bench.Ratios;

/// <summary>
/// Ours against the peers in alternation: each round times every case in a fresh process of ours, then in one of the peer, so that a slow spell of
/// the machine meets both. Prints NAME, the medians of ours and the peer's figures, the median of the rounds' ratios and the target.
/// </summary>
internal static class RatioTable
{
    /// <summary>Runs the rounds and prints the table.</summary>
    /// <param name="threads">Threads of both sides.</param>
    /// <param name="seconds">Seconds per case and round.</param>
    /// <param name="rounds">Alternations.</param>
    /// <param name="only">Names of cases, or null for all.</param>
    public static int Run(int threads, double seconds, int rounds, HashSet<string>? only)
    {
        string? torch = PeerCommand();
        IEnumerable<Goal> asked = Goal.All.Where(g => only is null || only.Contains(g.Name));
        if (only?.Contains(RandomProducts.Group) == true)
        {
            asked = asked.Concat(Goal.Products);
        }

        Goal[] goals = [.. asked.Where(g => torch is not null || g.Peer != Peer.TorchSharp)];
        if (torch is null)
        {
            Console.WriteLine("The TorchSharp peer is not here (TOOLKIT_PEER names its command); its lines are left out.");
        }

        string duration = seconds.ToString(CultureInfo.InvariantCulture), count = threads.ToString(CultureInfo.InvariantCulture);
        string timed = string.Join(',', goals.Where(g => !g.SmallerIsBetter).Select(g => g.Name).Distinct());
        string served = string.Join(',', goals.Where(g => g.Peer == Peer.OnnxRuntime).Select(g => g.Name));
        bool cold = goals.Any(g => g.SmallerIsBetter);
        var ours = new Dictionary<string, List<double>>();
        var theirs = new Dictionary<(Peer, string), List<double>>();
        for (int round = 0; round < rounds; round++)
        {
            if (timed.Length > 0)
            {
                Read(Own("steps", count, duration, timed), (name, value) => Add(ours, name, value));
                if (torch is not null)
                {
                    Read(Start(torch, count, duration, timed), (name, value) => Add(theirs, (Peer.TorchSharp, name), value));
                }
            }

            if (served.Length > 0)
            {
                Read(Own("runtime", count, duration, served), (name, value) => Add(theirs, (Peer.OnnxRuntime, name), value));
            }

            if (cold)
            {
                Read(Own("cold", count), (name, value) => Add(ours, name, value));
                Read(Start(torch!, "cold", count), (name, value) => Add(theirs, (Peer.TorchSharp, name), value));
            }
        }

        int met = 0;
        int compared = goals.Count(g => theirs.ContainsKey((g.Peer, g.Name)));
        Console.WriteLine($"{"NAME",-24}{"peer",-13}{"ours",10}{"peer",10}{"ratio",8}  target");
        foreach (Goal goal in goals)
        {
            if (!theirs.TryGetValue((goal.Peer, goal.Name), out List<double>? peer))
            {
                Console.WriteLine($"{goal.Name,-24}{goal.Peer,-13}  the peer does not know this case");
                continue;
            }

            List<double> own = ours[goal.Name];
            double ratio = Median(own.Zip(peer, (a, b) => a / b));
            met += goal.IsMetBy(ratio) ? 1 : 0;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{goal.Name,-24}{goal.Peer,-13}{Median(own),10:F1}{Median(peer),10:F1}{ratio,8:F2}  {(goal.SmallerIsBetter ? "≤" : "≥")} {goal.Target}{(goal.IsMetBy(ratio) ? string.Empty : "  missed")}"));
        }

        Console.WriteLine($"RESULT met={met}/{compared} threads={threads} rounds={rounds}");
        return 0;
    }

    private static string? PeerCommand()
    {
        if (Environment.GetEnvironmentVariable("TOOLKIT_PEER") is { Length: > 0 } named)
        {
            return named;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string command = Path.Combine(folder.FullName, "shared", "peers", "torchsharp", "run");
            if (File.Exists(command))
            {
                return command;
            }
        }

        return null;
    }

    private static Process Own(params string[] arguments) =>
        Start(Environment.ProcessPath!, [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(RatioTable).Assembly.Location] : Array.Empty<string>(), .. arguments]);

    private static Process Start(string command, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{command} could not be started.");

    private static void Read(Process process, Action<string, double> line)
    {
        using (process)
        {
            while (process.StandardOutput.ReadLine() is { } text)
            {
                string[] fields = text.Split('\t');
                if (fields.Length == 2 && double.TryParse(fields[1], CultureInfo.InvariantCulture, out double value))
                {
                    line(fields[0], value);
                }
            }

            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}.");
            }
        }
    }

    private static void Add<TKey>(Dictionary<TKey, List<double>> lists, TKey key, double value)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out List<double>? list))
        {
            lists[key] = list = [];
        }

        list.Add(value);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
