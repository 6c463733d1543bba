using System.Diagnostics;
using Toolkit.Autograd.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Persistence;

namespace Toolkit.Reliability.Kills;

/// <summary>Saves that are killed at random moments: the file is the one or the other model, whole.</summary>
internal sealed record SaveKills() : Harness("killed save")
{
    private const int Many = 100, Few = 3;

    public override Outcome Run(bool isLong, int seed)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("model");
        byte[][] expected = [Bytes(Children.Model(1)), Bytes(Children.Model(2))];
        var random = new Random(seed);
        var failures = new List<string>();
        (int kills, int abandoned) = (0, 0);
        var loaded = new Dense(300, 333, new RandomSource(3));
        for (; kills < (isLong ? Many : Few); kills++)
        {
            using Process child = Table.Start(["save", file]);
            child.StandardOutput.ReadLine();
            Thread.Sleep(random.Next(0, 40));
            child.Kill();
            child.WaitForExit();
            abandoned += Directory.GetFiles(folder.Path).Length - 1;
            Checkpoint.Load(file, loaded);
            if (!Array.Exists(expected, e => Bytes(loaded).AsSpan().SequenceEqual(e)))
            {
                failures.Add($"seed {seed}, kill {kills}: the file is neither model");
            }

            Checkpoint.Save(file, loaded);
            if (Directory.GetFiles(folder.Path).Length != 1)
            {
                failures.Add($"seed {seed}, kill {kills}: a temporary file was left behind by the next save");
            }
        }

        return new Outcome(kills, failures, $"{abandoned} kills in the middle of a file");
    }

    private static byte[] Bytes(Dense model) => [.. model.Parameters.SelectMany(p => p.Value.Bytes.ToArray())];
}
