using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>Sources that differ each time they are read: the right model, or a refusal that says so.</summary>
public sealed class PassTests
{
    private static readonly NeuralNetworkOptions Options = new()
    {
        FeatureColumns = ["X", "Y"],
        LabelColumn = "Target",
        HiddenUnits = [],
        WeightDecay = 0,
        Epochs = 60,
        BatchSize = 20,
        Optimizer = new Adam { LearningRate = 0.05 },
        Seed = 3,
    };

    private readonly MLContext ml = new(seed: 1);

    [Theory]
    [InlineData(1L << 30, 0.1)]
    [InlineData(1L << 30, 0)]
    [InlineData(0L, 0)]
    public void Rows_in_another_order_at_each_pass_give_the_right_model(long budget, double validation)
    {
        TrainingData.Row[] rows = Line();
        using NeuralNetworkTransformer model = Train(Shuffled(rows), Options with { MemoryBudget = budget, ValidationFraction = validation });
        float[] scores = [.. model.Transform(ml.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score")];
        for (int i = 0; i < rows.Length; i++)
            Assert.Equal(rows[i].Target, scores[i], 0.05f * 50);
    }

    [Fact]
    public void A_stream_whose_place_says_what_validates_keeps_its_order()
    {
        TrainingException error = Assert.Throws<TrainingException>(() => Train(Shuffled(Line()), Options with { MemoryBudget = 0 }));
        Assert.Contains("in another order", error.Message, StringComparison.Ordinal);
        Assert.Contains("ValidationFraction", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1L << 30)]
    [InlineData(0L)]
    public void A_source_that_makes_up_its_rows_anew_is_refused(long budget)
    {
        int pass = 0;
        IEnumerable<TrainingData.Row> Made()
        {
            TrainingData.Row[] rows = Line();
            rows[150].Target += pass++;
            return rows;
        }

        TrainingException error = Assert.Throws<TrainingException>(() => Train(Lazily(Made), Options with { MemoryBudget = budget, ValidationFraction = 0 }));
        Assert.Contains("Expected 200 rows as in the pass before, found as many with other values", error.Message, StringComparison.Ordinal);
        Assert.Contains("Data.Cache", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1L << 30)]
    [InlineData(0L)]
    public void A_source_that_can_be_read_once_is_refused_and_works_when_cached(long budget)
    {
        TrainingException error = Assert.Throws<TrainingException>(() => Train(Once(), Options with { MemoryBudget = budget }));
        Assert.Contains("Expected 200 rows as in the pass before, found 0", error.Message, StringComparison.Ordinal);
        IDataView cached = ml.Data.Cache(ml.Data.LoadFromEnumerable(Once()));
        using NeuralNetworkTransformer model = ml.Regression.NeuralNetwork(Options with { MemoryBudget = budget }).Fit(cached);
        Assert.Equal(Line()[7].Target, model.Transform(cached).GetColumn<float>("Score").ElementAt(7), 0.05f * 50);
    }

    [Fact]
    public void Swapped_labels_of_two_rows_are_other_rows()
    {
        var first = new TrainingRow(2, 0, 0, 1);
        var second = new TrainingRow(2, 0, 0, 1);
        (first.Features[0], first.Labels[0].Numbers[0], second.Features[0], second.Labels[0].Numbers[0]) = (1, 10, 2, 20);
        RowChecksum one = default, other = default, swapped = default;
        one.Add(first);
        one.Add(second);
        other.Add(second);
        other.Add(first);
        one.RequireSame(other, ordered: false);
        Assert.Throws<TrainingException>(() => one.RequireSame(other, ordered: true));
        (first.Labels[0].Numbers[0], second.Labels[0].Numbers[0]) = (20, 10);
        swapped.Add(first);
        swapped.Add(second);
        Assert.Throws<TrainingException>(() => one.RequireSame(swapped, ordered: false));
    }

    /// <summary>Whatever of a row is learned from.</summary>
    [Fact]
    public void A_row_that_differs_in_anything_is_another_row()
    {
        RowChecksum same = default;
        same.Add(Row(_ => { }));
        RowChecksum known = same;
        known.RequireSame(same, ordered: true);
        Action<TrainingRow>[] changes =
        [
            row => row.Weight = 2, row => row.Features[1] = 2, row => row.Keys[1] = [4, 6], row => row.Keys[1] = [4, 5, 0], row => row.Series[0] = [0, 8], row => row.Series[0] = [0, 7, 0],
            row => row.Labels[0].Class = 1, row => row.Labels[1].Numbers[0] = 1,
        ];
        foreach (Action<TrainingRow> change in changes)
        {
            RowChecksum other = default;
            other.Add(Row(change));
            Assert.Throws<TrainingException>(() => known.RequireSame(other, ordered: false));
        }

        static TrainingRow Row(Action<TrainingRow> change)
        {
            var row = new TrainingRow(2, 2, 1, 0, 1) { Keys = { [0] = [3], [1] = [4, 5] }, Series = { [0] = [0, 7] } };
            change(row);
            return row;
        }
    }

    private NeuralNetworkTransformer Train(IEnumerable<TrainingData.Row> rows, NeuralNetworkOptions options) =>
        ml.Regression.NeuralNetwork(options).Fit(ml.Data.LoadFromEnumerable(rows));

    /// <summary>200 rows with Target = 50·X.</summary>
    private static TrainingData.Row[] Line()
    {
        TrainingData.Row[] rows = TrainingData.Rows(200);
        foreach (TrainingData.Row row in rows)
            row.Target = 50 * row.X;
        return rows;
    }

    private static IEnumerable<TrainingData.Row> Shuffled(TrainingData.Row[] rows) => Lazily(() =>
    {
        TrainingData.Row[] order = [.. rows];
        Random.Shared.Shuffle(order);
        return order;
    });

    private static IEnumerable<TrainingData.Row> Once()
    {
        var left = new Queue<TrainingData.Row>(Line());
        return Lazily(() => Taken(left));

        static IEnumerable<TrainingData.Row> Taken(Queue<TrainingData.Row> left)
        {
            while (left.TryDequeue(out TrainingData.Row? row))
                yield return row;
        }
    }

    private static IEnumerable<TrainingData.Row> Lazily(Func<IEnumerable<TrainingData.Row>> open)
    {
        foreach (TrainingData.Row row in open())
            yield return row;
    }
}
