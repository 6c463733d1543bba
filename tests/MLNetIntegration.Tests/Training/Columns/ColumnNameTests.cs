using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

/// <summary>Columns of the user's with names that columns, inputs and outputs of ours would have: both are there.</summary>
public sealed class ColumnNameTests
{
    private static readonly MLContext Ml = new(seed: 1);

    /// <summary>Numbers under the name of the counts or of the words of another column are read as they are, in training and in scoring, and are there afterwards.</summary>
    [Theory]
    [InlineData("Marks", "Marks#counts")]
    [InlineData("Note", "Note#counts")]
    [InlineData("Note", "Note#words6")]
    public void Columns_with_the_names_of_ours_are_read_as_they_are(string column, string name)
    {
        IDataView plain = HouseData.Keyed(Ml, HouseData.Rows(80)), named = Ml.Transforms.CopyColumns(name, "Sizes").Fit(plain).Transform(plain);
        using NeuralNetworkTransformer expected = Ml.Regression.NeuralNetwork(Options([column, "Sizes"])).Fit(plain);
        using NeuralNetworkTransformer found = Ml.Regression.NeuralNetwork(Options([column, name])).Fit(named);
        float[] scores = [.. expected.Transform(plain).GetColumn<float>("Score")];
        Assert.True(scores.Max() - scores.Min() > 1);
        Assert.Equal(scores, found.Transform(named).GetColumn<float>("Score"));
        Assert.Equal(plain.GetColumn<float[]>("Sizes"), found.Transform(named).GetColumn<float[]>(name));

        // Beside a network that does not read it, it passes.
        using NeuralNetworkTransformer other = Ml.Regression.NeuralNetwork(Options([column, "Age"])).Fit(named);
        Assert.Equal(plain.GetColumn<float[]>("Sizes"), other.Transform(named).GetColumn<float[]>(name));
        Assert.DoesNotContain(other.Transform(named).Schema, c => c.Name.Contains("#words6_", StringComparison.Ordinal));
    }

    /// <summary>What an earlier model has called "Score" can be a feature of the next.</summary>
    [Fact]
    public void Columns_with_the_names_of_outputs_can_be_features()
    {
        IDataView plain = HouseData.Keyed(Ml, HouseData.Rows(80));
        IDataView named = Ml.Transforms.CopyColumns("Score", "Area").Append(Ml.Transforms.CopyColumns("Variance", "Age")).Append(Ml.Transforms.CopyColumns("Quantiles", "IsNew")).Fit(plain).Transform(plain);
        using NeuralNetworkTransformer expected = Ml.Regression.HeteroscedasticNeuralNetwork(Options(["Area", "Age", "IsNew"])).Fit(plain);
        using NeuralNetworkTransformer found = Ml.Regression.HeteroscedasticNeuralNetwork(Options(["Score", "Variance", "Quantiles"])).Fit(named);
        Assert.Equal(expected.Transform(plain).GetColumn<float>("Score"), found.Transform(named).GetColumn<float>("Score"));
        Assert.Equal(expected.Transform(plain).GetColumn<float>("Variance"), found.Transform(named).GetColumn<float>("Variance"));

        IDataView second = Ml.Transforms.CopyColumns("CostScore", "Area").Fit(plain).Transform(plain);
        NetworkTask[] tasks = [NetworkTask.Regression("Price"), NetworkTask.Regression("Cost")];
        using NeuralNetworkTransformer both = Ml.MultiTaskNeuralNetwork(tasks, Options(["Area", "Age"]) with { LabelColumn = "Label" }).Fit(plain);
        using NeuralNetworkTransformer same = Ml.MultiTaskNeuralNetwork(tasks, Options(["CostScore", "Age"]) with { LabelColumn = "Label" }).Fit(second);
        Assert.Equal(both.Transform(plain).GetColumn<float>("CostScore"), same.Transform(second).GetColumn<float>("CostScore"));
    }

    private static NeuralNetworkOptions Options(string[] columns) => ColumnTests.Options with
    {
        FeatureColumns = columns,
        ColumnOptions = columns.Contains("Note") ? new Dictionary<string, ColumnOptions> { ["Note"] = new ColumnOptions { HashBits = 6 } } : [],
    };
}
