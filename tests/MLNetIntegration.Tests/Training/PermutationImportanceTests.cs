using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Tests.Training.Columns;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>The importance of whole columns of any type.</summary>
public sealed class PermutationImportanceTests
{
    private static readonly MLContext Ml = new(seed: 1);

    /// <summary>What a column adds is lost with it: the error that a permutation makes follows from what the made prices are.</summary>
    [Fact]
    public void Columns_of_numbers_keys_and_texts_matter_as_much_as_they_add()
    {
        IDataView data = HouseData.Keyed(Ml, HouseData.Rows()), test = HouseData.Keyed(Ml, HouseData.Rows(300, seed: 12));
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(ColumnTests.Options with { Epochs = 100 }).Fit(data);
        string[] columns = ["Place", "Marks", "Note", "Rooms", "City"];
        IReadOnlyList<ColumnImportance> found = Ml.PermutationImportance(model, test, columns, scored => Ml.Regression.Evaluate(scored, "Cost").MeanSquaredError, permutations: 4, seed: 2);
        Assert.Equal(columns, found.Select(one => one.Column));

        // The squared error of a permuted addend is twice its variance.
        double[] notes = [.. test.GetColumn<string>("Note").Select(note => note.Contains("arden", StringComparison.Ordinal) ? 30.0 : 0)];
        double[] rooms = [.. test.GetColumn<byte>("Rooms").Select(count => 3.0 * count)];
        Assert.InRange(found[2].Change / (2 * Variance(notes)), 0.8, 1.2);
        Assert.InRange(found[3].Change / (2 * Variance(rooms)), 0.8, 1.2);
        Assert.True(found[0].Change > found[1].Change && found[1].Change > found[3].Change, string.Join("; ", found));

        // The network reads the key of the city, which was made before.
        Assert.Equal(0, found[4].Change);
        Assert.All(found.Take(4), one => Assert.InRange(one.StandardError, 1e-6, 0.2 * one.Change));
    }

    /// <summary>Values change places as they are, and no other column does.</summary>
    [Fact]
    public void The_values_of_a_column_change_places()
    {
        IDataView rows = HouseData.Keyed(Ml, HouseData.Rows(50));
        ITransformer same = Ml.Transforms.CopyColumns("Copy", "Tags").Fit(rows);
        var seen = new List<string[]>();
        Ml.PermutationImportance(same, rows, ["Tags"], scored =>
        {
            Assert.Equal(rows.GetColumn<string>("Note"), scored.GetColumn<string>("Note"));
            seen.Add([.. scored.GetColumn<string[]>("Copy").Select(tags => string.Join(' ', tags))]);
            return 0;
        }, permutations: 2);
        Assert.Equal(3, seen.Count);
        Assert.Equal(3, seen.Select(tags => string.Join('|', tags)).Distinct().Count());
        Assert.All(seen, tags => Assert.Equal(seen[0].Order(), tags.Order()));
    }

    [Fact]
    public void A_seed_draws_the_same_permutations()
    {
        IDataView rows = HouseData.Keyed(Ml, HouseData.Rows(50));
        ITransformer same = Ml.Transforms.CopyColumns("Score", "Cost").Fit(rows);
        ColumnImportance One(ulong seed) => Ml.PermutationImportance(
            same, rows, ["Cost"], scored => scored.GetColumn<float>("Score").Zip(scored.GetColumn<double>("Price"), (a, b) => Math.Abs(a - b)).Average(), seed: seed).Single();
        Assert.Equal(One(7), One(7));
        Assert.NotEqual(One(7).Change, One(8).Change);
        Assert.True(double.IsNaN(Ml.PermutationImportance(same, rows, ["Cost"], _ => 0, permutations: 1).Single().StandardError));
    }

    [Fact]
    public void A_column_that_is_not_there_is_named()
    {
        IDataView rows = HouseData.Keyed(Ml, HouseData.Rows(5));
        ITransformer same = Ml.Transforms.CopyColumns("Score", "Cost").Fit(rows);
        Assert.Contains("\"Nowhere\"", Assert.Throws<ScoringException>(() => Ml.PermutationImportance(same, rows, ["Nowhere"], _ => 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Ml.PermutationImportance(same, rows, ["Cost"], _ => 0, permutations: 0));
    }

    private static double Variance(double[] numbers) => numbers.Average(n => (n - numbers.Average()) * (n - numbers.Average()));
}
