using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.Samples.Tabular;

/// <summary>The settings that are searched for a network.</summary>
internal static class NetworkSpace
{
    public static IReadOnlyList<Choice> Choices =>
    [
        new("units", 64, 32, 128, 256, 512), new("layers", 2, 1, 3), new("dropout", 0, 0.2, 0.4), new("decay", 1e-4, 1e-5, 1e-3), new("rate", 1e-3, 3e-4, 3e-3, 1e-2),
        new("batch", 32, 16, 64, 128), new("epochs", 100, 25, 50), new("early stop", 1, 0), new("standardize", 1, 0),
    ];

    public static NeuralNetworkOptions Options(Settings s, ulong seed, NeuralNetworkOptions? from = null) => (from ?? new()) with
    {
        HiddenUnits = [.. Enumerable.Repeat(s.Count("units"), s.Count("layers"))],
        Dropout = s["dropout"],
        WeightDecay = s["decay"],
        Optimizer = new Adam { LearningRate = s["rate"] },
        BatchSize = s.Count("batch"),
        Epochs = s.Count("epochs"),
        ValidationFraction = s.Is("early stop") ? 0.1 : 0,
        Standardize = s.Is("standardize"),
        Seed = seed,
    };
}
