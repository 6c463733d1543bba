using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// ML.NET's own linear models with weights 1: they hand numbers through, and give them the columns that ML.NET's predictors have: a scalar score, a predicted
/// label, names of slots. Nothing else in plain ML.NET makes a scalar of a vector of length 1.
/// </summary>
internal static class StockModels
{
    /// <summary>Adds "Score", the only element of a vector.</summary>
    public static ITransformer Scalar(IHostEnvironment environment, DataViewSchema schema, string vector) =>
        Transformer<LinearRegressionModelParameters>.Regression(environment, Linear(environment, One, 0), schema, vector);

    /// <summary>Adds "Score", the only element of a vector, and "PredictedLabel", whether it is above a threshold.</summary>
    public static ITransformer Binary(IHostEnvironment environment, DataViewSchema schema, string vector, double threshold) =>
        Transformer<LinearBinaryModelParameters>.Binary(environment, LinearBinary(environment, One, 0, null), schema, vector, (float)threshold, "Score");

    /// <summary>Adds "Score", the elements of a vector or their softmax, with names of slots, and "PredictedLabel", a key for the largest, with key values.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="schema">The schema so far.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="size">Its length.</param>
    /// <param name="softmax">Whether its elements become probabilities.</param>
    /// <param name="label">A key column of the schema that names the classes; null for none.</param>
    public static ITransformer Multiclass(
        IHostEnvironment environment, DataViewSchema schema, string vector, int size, bool softmax, string? label)
    {
        // Sparse weights: zeros would turn one infinite score into NaN everywhere.
        VBuffer<float>[] weights = [.. Enumerable.Range(0, size).Select(i => new VBuffer<float>(size, 1, [1f], [i]))];
        var bias = new float[size];
        return softmax
            ? Transformer<MaximumEntropyModelParameters>.Multiclass(
                environment, Softmax(environment, weights, bias, size, size, null, null), schema, vector, label, "Score", "PredictedLabel")
            : Transformer<LinearMulticlassModelParameters>.Multiclass(
                environment, LinearMulticlass(environment, weights, bias, size, size, null, null), schema, vector, label, "Score", "PredictedLabel");
    }

    private static VBuffer<float> One => new(1, [1f]);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern LinearRegressionModelParameters Linear(IHostEnvironment env, in VBuffer<float> weights, float bias);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern LinearBinaryModelParameters LinearBinary(IHostEnvironment env, in VBuffer<float> weights, float bias, ModelStatisticsBase? stats);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern LinearMulticlassModelParameters LinearMulticlass(
        IHostEnvironment env, VBuffer<float>[] weights, float[] bias, int numClasses, int numFeatures, string[]? labelNames, ModelStatisticsBase? stats);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern MaximumEntropyModelParameters Softmax(
        IHostEnvironment env, VBuffer<float>[] weights, float[] bias, int numClasses, int numFeatures, string[]? labelNames, ModelStatisticsBase? stats);

    /// <summary>Constructors of generic types are found by a type parameter of the same place.</summary>
    private static class Transformer<TModel>
        where TModel : class
    {
        [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
        public static extern RegressionPredictionTransformer<TModel> Regression(IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn);

        [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
        public static extern BinaryPredictionTransformer<TModel> Binary(
            IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn, float threshold, string thresholdColumn);

        [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
        public static extern MulticlassPredictionTransformer<TModel> Multiclass(
            IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn, string? labelColumn, string scoreColumn, string predictedLabel);
    }
}
