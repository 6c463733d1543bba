using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace Toolkit.Samples.Tabular;

/// <summary>The settings that are searched for boosted trees.</summary>
internal static class TreeSpaces
{
    public static IReadOnlyList<Choice> FastTree =>
    [
        new("leaves", 20, 10, 40, 80), new("trees", 100, 200, 400), new("rows in a leaf", 10, 2, 5, 30), new("rate", 0.2, 0.05, 0.1), new("features", 1, 0.5, 0.75),
    ];

    /// <summary>0 where ML.NET decides by the number of rows.</summary>
    public static IReadOnlyList<Choice> LightGbm =>
    [
        new("leaves", 0, 15, 31, 63, 127), new("trees", 100, 200, 400, 800), new("rows in a leaf", 0, 2, 5, 20), new("rate", 0, 0.03, 0.1, 0.2), new("features", 1, 0.5, 0.75),
        new("l2", 0.01, 1, 10),
    ];

    public static T With<T>(this T options, Settings s, ulong seed)
        where T : BoostedTreeOptions
    {
        options.NumberOfLeaves = s.Count("leaves");
        options.NumberOfTrees = s.Count("trees");
        options.MinimumExampleCountPerLeaf = s.Count("rows in a leaf");
        options.LearningRate = s["rate"];
        options.FeatureFraction = s["features"];
        options.FeatureSelectionSeed = options.Seed = (int)seed;
        options.NumberOfThreads = 1;
        return options;
    }

    public static TOptions With<TOptions, TOutput, TTransformer, TModel>(
        this LightGbmTrainerBase<TOptions, TOutput, TTransformer, TModel>.OptionsBase options, Settings s, ulong seed)
        where TOptions : LightGbmTrainerBase<TOptions, TOutput, TTransformer, TModel>.OptionsBase, new()
        where TTransformer : ISingleFeaturePredictionTransformer<TModel>
        where TModel : class
    {
        options.NumberOfLeaves = s.CountOrOwn("leaves");
        options.NumberOfIterations = s.Count("trees");
        options.MinimumExampleCountPerLeaf = s.CountOrOwn("rows in a leaf");
        options.LearningRate = s.ValueOrOwn("rate");
        options.Booster = new GradientBooster.Options { FeatureFraction = s["features"], L2Regularization = s["l2"] };
        options.Seed = (int)seed;
        options.NumberOfThreads = 1;
        return (TOptions)options;
    }
}
