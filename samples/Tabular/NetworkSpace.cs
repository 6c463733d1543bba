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

    /// <summary>With the width of the vectors of keys; 0 where it follows from their number.</summary>
    public static IReadOnlyList<Choice> WithVectors => [.. Choices, new("width", 0, 2, 4, 8, 16)];

    /// <summary>The same settings for numbers and columns of keys, each with a learned vector, in the place of "Features".</summary>
    public static NeuralNetworkOptions Options(Settings s, ulong seed, NeuralNetworkOptions? from, IReadOnlyList<string> numbers, IReadOnlyList<string> keys) => Options(s, seed, from) with
    {
        FeatureColumns = [.. numbers, .. keys],
        ColumnOptions = keys.ToDictionary(k => k, _ => new ColumnOptions { Width = s.CountOrOwn("width") }),
    };

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
