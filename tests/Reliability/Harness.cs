namespace Toolkit.Reliability;

/// <summary>Something that tries to break the libraries. It is deterministic up to timing: the seed is part of each failure.</summary>
/// <param name="Name">Its name in the table and on the command line.</param>
internal abstract record Harness(string Name)
{
    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<Harness> All { get; } =
    [
        new Fuzzing.Fuzzer(new Fuzzing.CheckpointTarget()),
        new Fuzzing.Fuzzer(new Fuzzing.ChecksumTarget()),
        new Fuzzing.Fuzzer(new Fuzzing.IdxTarget()),
        new Fuzzing.Fuzzer(new Fuzzing.CsvTarget()),
        new Fuzzing.Fuzzer(new Fuzzing.GzipTarget()),
        new Fuzzing.Fuzzer(new Fuzzing.OnnxTarget()),
        new Fuzzing.Fuzzer(new Fuzzing.OnnxStructureTarget()),
        new Fuzzing.Fuzzer(new Fuzzing.OnnxImportTarget()),
        new Fuzzing.Fuzzer(new Fuzzing.PipelineTarget()),
        new Graphs.GraphFuzzer(),
        new Kills.TrainingKills(),
        new Kills.SaveKills(),
        new Kills.TableKills(),
        new Disks.FullDisk(),
        new Disks.ReadOnlyPlaces(),
        new Load.Disposal(),
        new Load.Soak(),
        new Load.ThousandModels(),
        new Load.LargeTensors(),
    ];

    /// <summary>The seed of the fuzzers in the tests; a long run takes one from the clock.</summary>
    public const int FixedSeed = 20;

    /// <summary>Runs it.</summary>
    /// <param name="isLong">Whether in long size: minutes; otherwise a second or a few.</param>
    /// <param name="seed">The seed of all random choices.</param>
    public abstract Outcome Run(bool isLong, int seed);
}

/// <summary>What a harness found.</summary>
/// <param name="Cases">How many mutants, kills or rounds there were.</param>
/// <param name="Failures">What should not have happened, each with what repeats it; empty if all held.</param>
/// <param name="Note">Figures for the table.</param>
/// <param name="Skipped">Why it cannot run on this machine; null if it can.</param>
internal sealed record Outcome(int Cases, IReadOnlyList<string> Failures, string Note, string? Skipped = null);
