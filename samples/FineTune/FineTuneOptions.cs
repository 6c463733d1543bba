namespace Toolkit.Samples.FineTune;

/// <summary>What the command line asks for.</summary>
internal sealed record FineTuneOptions
{
    public string? Model { get; init; }

    public string? Data { get; init; }

    public string? Cut { get; init; }

    public required IReadOnlyList<string> Freeze { get; init; }

    public required int Rank { get; init; }

    public required int BatchSize { get; init; }

    public bool Validate { get; init; }

    public required int Epochs { get; init; }

    public required double LearningRate { get; init; }

    public required ulong Seed { get; init; }

    public required string Output { get; init; }
}
