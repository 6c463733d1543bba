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

    public ulong Seed { get; init; } = 1;

    /// <summary>How many seeds pictures are tried with, from <see cref="Seed"/> on.</summary>
    public int Seeds { get; init; } = 3;

    public ExecutionOptions Execution { get; init; } = new();
}
