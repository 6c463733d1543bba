namespace Toolkit.Tool.Training;

/// <summary>How a network is trained.</summary>
internal sealed record TrainingSettings
{
    /// <summary>The most epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>The epochs without improvement after which the training ends.</summary>
    public required int Patience { get; init; }

    /// <summary>The examples of a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The units of each hidden layer.</summary>
    public required IReadOnlyList<int> Hidden { get; init; }

    /// <summary>The rate of dropout.</summary>
    public required double Dropout { get; init; }

    /// <summary>The learning rate of Adam.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Decides all random numbers.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The share of the examples to stop by.</summary>
    public required double Validation { get; init; }

    /// <summary>The share of the examples to measure with.</summary>
    public required double Test { get; init; }

    /// <summary>The threads.</summary>
    public required int Threads { get; init; }
}
