using System.Diagnostics;
using System.Security.Cryptography;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;
using Toolkit.Tables;

namespace Toolkit.Reliability.Kills;

/// <summary>The programs that are killed.</summary>
internal static class Children
{
    /// <summary>Trains to a number of epochs, from where the checkpoint stands if there is one, and prints the hash of all parameters at the end.</summary>
    public static int Train(string file, int epochs)
    {
        Console.WriteLine(Hash(file, epochs));
        return 0;
    }

    /// <summary>The hash of all parameters after a training that goes on from a checkpoint.</summary>
    public static string Hash(string file, int epochs)
    {
        Trainer trainer = SmallNetwork.Trainer();
        if (File.Exists(file))
        {
            Checkpoint.Load(file, trainer);
        }

        trainer.Fit(SmallNetwork.Data(), SmallNetwork.Options(epochs) with { CheckpointPath = file });
        return Convert.ToHexString(SHA256.HashData([.. SmallNetwork.Bits(trainer).SelectMany(b => b)]));
    }

    /// <summary>Saves two models of 400 kB by turns under one name until it is killed; prints a line when the first is there.</summary>
    public static int Save(string file)
    {
        Module[] models = [Model(1), Model(2)];
        for (int i = 0; ; i++)
        {
            Checkpoint.Save(file, models[i % 2]);
            if (i == 0)
            {
                Console.WriteLine("saved");
            }
        }
    }

    /// <summary>Scores a table, from where the parts stand, and prints how many were there before and the most memory that the process has held.</summary>
    public static int Score(string table, string model, string output)
    {
        TableScores scores = TableScorer.Score(table, model, output, new TableScoringOptions { Keep = ["id"], MemoryBudget = TableKills.Budget, Threads = 2 });
        using var self = Process.GetCurrentProcess();
        Console.WriteLine($"{scores.Parts - scores.NewParts} {self.PeakWorkingSet64}");
        return 0;
    }

    public static Dense Model(ulong seed) => new(300, 333, new Modeling.RandomSource(seed));
}
