namespace Toolkit.Samples.BookResults;

/// <summary>What the command line asks for.</summary>
internal sealed record LaboratoryOptions
{
    public string? Data { get; init; }

    public int? Epochs { get; init; }

    public ulong Seed { get; init; } = 1;

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The folder for checkpoints; null to save none.</summary>
    public string? Output { get; init; }

    public bool Resume { get; init; }

    public bool Quiet { get; init; }
}
