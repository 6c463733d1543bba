using BenchmarkDotNet.Attributes;
using Toolkit.Bench.Steps;

namespace Toolkit.Bench.Training;

/// <summary>One training step: forward, backward and optimizer.</summary>
[MemoryDiagnoser]
public class TrainingStepBenchmarks
{
    private Action step = () => { };

    [Params("train-mlp-small", "train-mlp-mnist", "train-cnn-mnist")]
    public string Case { get; set; } = string.Empty;

    [GlobalSetup]
    public void Setup()
    {
        step = Cases.All(threads: 1).Single(c => c.Name == Case).Make().Step;
        step();
    }

    [Benchmark]
    public void Step() => step();
}
