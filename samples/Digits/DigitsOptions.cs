namespace Toolkit.Samples.Digits;

/// <summary>What the command line asks for.</summary>
internal sealed record DigitsOptions
{
    public string? Data { get; init; }

    public required string Model { get; init; }

    public required int Epochs { get; init; }

    public required ulong Seed { get; init; }

    public required string Output { get; init; }

    public bool Cuda { get; init; }

    public string? Checkpoint { get; init; }

    public bool Resume { get; init; }

    public bool Profile { get; init; }

    public required int Threads { get; init; }
}
