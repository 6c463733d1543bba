using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>What trainers say of their columns before they see data is what their transformers give.</summary>
public class OutputSchemaTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static NeuralNetworkOptions Options => new() { FeatureColumns = ["Pair"], HiddenUnits = [2], Epochs = 1, Seed = 1 };

    private static readonly Dictionary<string, (Func<NeuralNetworkEstimator> Trainer, string[] Columns)> Trainers = new()
    {
        ["binary"] = (() => Ml.BinaryClassification.NeuralNetwork(Options with { LabelColumn = "IsRight" }), ["PredictedLabel", "Probability", "Score"]),
        ["multiclass"] = (() => Ml.MulticlassClassification.NeuralNetwork(Options with { LabelColumn = "Kind" }), ["PredictedLabel", "Score"]),
        ["regression"] = (() => Ml.Regression.NeuralNetwork(Options with { LabelColumn = "Target" }), ["Score"]),
        ["heteroscedastic"] = (() => Ml.Regression.HeteroscedasticNeuralNetwork(Options with { LabelColumn = "Noisy", Quantiles = [] }), ["Score", "Variance"]),
        ["heteroscedastic, one quantile"] = (() => Ml.Regression.HeteroscedasticNeuralNetwork(Options with { LabelColumn = "Noisy", Quantiles = [0.5] }), ["Quantiles", "Score", "Variance"]),
        ["heteroscedastic, quantiles"] = (() => Ml.Regression.HeteroscedasticNeuralNetwork(Options with { LabelColumn = "Noisy", Quantiles = [0.1, 0.9] }), ["Quantiles", "Score", "Variance"]),
        ["own network, numbers"] = (
            () => Ml.TrainNetwork(
                input => new NetworkPlan { Model = new Sequential(new Dense(input.Features, 2, input.Random)), Loss = new MeanSquaredError() },
                new NetworkOptions { FeatureColumns = ["Pair"], LabelColumn = "Both", ScoreColumn = "Guess", Epochs = 1 }),
            ["Guess"]),
        ["own network, number"] = (
            () => Ml.TrainNetwork(
                input => new NetworkPlan { Model = new Sequential(new Dense(input.Features, 1, input.Random)), Loss = new MeanSquaredError() },
                new NetworkOptions { FeatureColumns = ["Pair"], LabelColumn = "Target", Epochs = 1 }),
            ["Score"]),
    };

    public static TheoryData<string> Names => [.. Trainers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_columns_that_are_announced_are_those_that_come(string name)
    {
        (Func<NeuralNetworkEstimator> create, string[] expected) = Trainers[name];
        IDataView data = TrainingData.Keyed(Ml, TrainingData.Rows(40));
        NeuralNetworkEstimator trainer = create();
        SchemaShape announced = trainer.GetOutputSchema(SchemaShapes.Of(data.Schema));
        using NeuralNetworkTransformer fitted = trainer.Fit(data);
        SchemaShape given = SchemaShapes.Of(fitted.GetOutputSchema(data.Schema));
        Assert.Equal(expected, announced.Select(c => c.Name).Except(data.Schema.Select(c => c.Name)).Order(StringComparer.Ordinal));
        foreach (string column in expected)
        {
            SchemaShape.Column said = Assert.Single(announced, c => c.Name == column), found = Assert.Single(given, c => c.Name == column);
            Assert.Equal((found.Kind, found.ItemType, found.IsKey), (said.Kind, said.ItemType, said.IsKey));
            Assert.Empty(said.Annotations.Select(a => a.Text()).Except(found.Annotations.Select(a => a.Text())));
        }

        if (name is "multiclass" or "heteroscedastic, quantiles")
            Assert.Contains(announced.Single(c => c.Name == (name == "multiclass" ? "Score" : "Quantiles")).Annotations, a => a.Name == "SlotNames");
        if (name == "multiclass")
            Assert.Contains(announced.Single(c => c.Name == "PredictedLabel").Annotations, a => a.Name == "KeyValues");
    }

    [Fact]
    public void A_missing_column_is_named()
    {
        SchemaShape data = SchemaShapes.Of(TrainingData.Keyed(Ml, TrainingData.Rows(4)).Schema);
        foreach ((NeuralNetworkOptions options, string missing) in new[] { (Options with { LabelColumn = "Nothing" }, "Nothing"), (Options with { LabelColumn = "Target", FeatureColumns = ["Pair", "Fog"] }, "Fog") })
        {
            string message = Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(options).GetOutputSchema(data)).Message;
            Assert.Contains($"Expected a column \"{missing}\"", message, StringComparison.Ordinal);
        }
    }
}
