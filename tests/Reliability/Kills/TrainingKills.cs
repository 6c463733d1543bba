using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Tests;

namespace Toolkit.Reliability.Kills;

/// <summary>
/// Trainings that are killed at random moments and started again. After one to three kills each may go on to its end, however slow the machine, and ends as one
/// that was never killed, bit for bit. What is counted is such ends.
/// </summary>
internal sealed record TrainingKills() : Harness("killed training")
{
    private const int ManyKills = 200, FewKills = 3, Epochs = 200, MostKills = 3;

    public override Outcome Run(bool isLong, int seed)
    {
        using var folder = new TemporaryFolder();
        string expected = Children.Hash(folder.File("whole"), Epochs);
        TimeSpan whole = Duration(folder.File("timed"));
        var random = new Random(seed);
        var failures = new List<string>();
        (int trainings, int kills, int goneOn) = (0, 0, 0);
        for (; kills < (isLong ? ManyKills : FewKills); trainings++)
        {
            string file = folder.File($"training{trainings}");
            (int wanted, int done) = (random.Next(1, MostKills + 1), 0);
            while (done < wanted)
            {
                // One that has ended before its kill begins anew, so that none ends without one.
                if (Killed(file, whole * random.NextDouble()))
                {
                    done++;
                }
                else
                {
                    File.Delete(file);
                    done = 0;
                }
            }

            kills += done;
            goneOn += File.Exists(file) ? 1 : 0;
            using Process last = Start(file);
            string found = last.StandardOutput.ReadToEnd().Trim();
            last.WaitForExit();
            if (last.ExitCode != 0 || found != expected)
            {
                failures.Add($"seed {seed}, training {trainings} after {done} kills: expected {expected}, found {found} and exit code {last.ExitCode}");
            }
        }

        int left = Directory.GetFiles(folder.Path).Length - trainings - 2;
        if (left > 0)
        {
            failures.Add($"seed {seed}: {left} temporary files were left behind");
        }

        return new Outcome(trainings, failures, $"ends bit-equal to one without kills, after {kills} kills; {goneOn} went on from a checkpoint");
    }

    private static Process Start(string file) => Table.Start(["train", file, Epochs.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Whether a training was killed after a time; otherwise it came to its end before.</summary>
    private static bool Killed(string file, TimeSpan after)
    {
        using Process child = Start(file);
        bool ended = child.WaitForExit(after);
        child.Kill();
        child.WaitForExit();
        return !ended;
    }

    /// <summary>What a training takes that nobody kills.</summary>
    private static TimeSpan Duration(string file)
    {
        var clock = Stopwatch.StartNew();
        using Process child = Start(file);
        child.WaitForExit();
        return clock.Elapsed;
    }
}
