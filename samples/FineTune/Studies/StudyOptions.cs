using Toolkit.Autograd.Execution;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>What a study is told.</summary>
internal sealed record StudyOptions
{
    /// <summary>The .onnx file, or the NuGet package that holds it.</summary>
    public required byte[] Model { get; init; }

    /// <summary>Training examples; as many are for the test.</summary>
    public int Examples { get; init; } = 2000;

    public int Epochs { get; init; } = 3;

    /// <summary>What learning rates are multiplied by.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>Whether to measure on rows of the training set that are not learned from.</summary>
    public bool Validate { get; init; }

    public ulong Seed { get; init; } = 1;

    public ExecutionOptions Execution { get; init; } = new();
}
