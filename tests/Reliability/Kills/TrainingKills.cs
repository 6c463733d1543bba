using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Tests;

namespace Toolkit.Reliability.Kills;

/// <summary>Trainings that are killed at random moments and started again until they end: they end as one that was never killed, bit for bit.</summary>
internal sealed record TrainingKills() : Harness("killed training")
{
    private const int Many = 100, Few = 3, Epochs = 400;

    public override Outcome Run(bool isLong, int seed)
    {
        using var folder = new TemporaryFolder();
        string expected = Children.Hash(folder.File("whole"), Epochs);
        int longest = Duration(folder.File("timed"));
        var random = new Random(seed);
        var failures = new List<string>();
        (int kills, int ends, int starts) = (0, 0, 0);
        int wanted = isLong ? Many : Few;
        bool isEnded = false;
        while (kills < wanted || !isEnded)
        {
            string file = folder.File($"training{ends}");
            using Process child = Table.Start(["train", file, Epochs.ToString(CultureInfo.InvariantCulture)]);
            starts++;

            // The last one may go on to its end; nothing is learned from a child that is killed before it has begun.
            if (kills < wanted && !child.WaitForExit(random.Next(100, longest)))
            {
                child.Kill();
                child.WaitForExit();
                kills++;
                isEnded = false;
                continue;
            }

            string found = child.StandardOutput.ReadToEnd().Trim();
            child.WaitForExit();
            ends++;
            isEnded = true;
            if (child.ExitCode != 0 || found != expected)
            {
                failures.Add($"seed {seed}, end {ends} after {kills} kills: expected {expected}, found {found} and exit code {child.ExitCode}");
            }

            if (starts > 20 * wanted)
            {
                failures.Add($"seed {seed}: {starts} starts were not enough for {wanted} kills");
                break;
            }
        }

        int left = Directory.GetFiles(folder.Path).Length - ends - 2;
        if (left > 0)
        {
            failures.Add($"seed {seed}: {left} temporary files were left behind");
        }

        return new Outcome(kills, failures, $"{ends} trainings ended bit-equal");
    }

    /// <summary>A little more than a training takes that nobody kills, in milliseconds: on a slow machine, too, moments of all of it are met, and trainings end.</summary>
    private static int Duration(string file)
    {
        var clock = Stopwatch.StartNew();
        using Process child = Table.Start(["train", file, Epochs.ToString(CultureInfo.InvariantCulture)]);
        child.WaitForExit();
        return (int)Math.Max(200, clock.ElapsedMilliseconds * 5 / 4);
    }
}
