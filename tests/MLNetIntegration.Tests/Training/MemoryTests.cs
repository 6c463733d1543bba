using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>What training rows take in memory, and which rows go where.</summary>
public sealed class MemoryTests
{
    private const long MiB = 1L << 20;

    private readonly MLContext ml = new(1);

    [Fact]
    public void A_copy_takes_what_its_rows_take()
    {
        (RowSource source, IDataView data) = Source(Dense(4000, 1000), 1000, new NeuralNetworkOptions { MemoryBudget = 17 * MiB });
        long before = GC.GetAllocatedBytesForCurrentThread();
        (IDataSource train, IDataSource? validation) = source.Open(data, 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 15 * MiB, 18 * MiB);
        Assert.IsType<Dataset>(train);
        Assert.Equal((3600, 400), (train.ExampleCount, validation!.ExampleCount));
        RowsAreSharedOut(train, validation, 4000);
    }

    [Fact]
    public void A_stream_of_wide_rows_shuffles_within_the_budget()
    {
        // A row is 80 KB: 8,192 of them would take 655 MB.
        (RowSource source, IDataView data) = Source(Dense(600, 20_000), 20_000, new NeuralNetworkOptions { MemoryBudget = 40 * MiB });
        (IDataSource train, IDataSource? validation) = source.Open(data, 1);
        Assert.IsType<StreamSource>(train);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int rows = 0;
        bool moved = false;
        foreach (Batch batch in train.Batches(new BatchOptions { Size = 100_000_000, ShuffleSeed = 3 }))
        {
            rows += batch.Count;
            double[] order = [.. Enumerable.Range(0, batch.Count).Select(i => batch.Features[i * 20_000])];
            moved = !order.SequenceEqual(order.Order());
        }

        Assert.True(moved);
        Assert.Equal(600, rows + validation!.Batches(new BatchOptions()).Sum(batch => batch.Count));
        // The rows of the batch, once more while it grows, and the buffer.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 260 * MiB);
        RowsAreSharedOut(train, validation, 600);
    }

    [Fact]
    public void Sparse_rows_are_kept_without_their_zeros()
    {
        // Dense they would take 524 MB.
        (RowSource source, IDataView data) = Source(Sparse(2000, 65_536), 65_536, new NeuralNetworkOptions { MemoryBudget = 4 * MiB });
        long before = GC.GetAllocatedBytesForCurrentThread();
        (IDataSource train, IDataSource? validation) = source.Open(data, 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 6 * MiB);
        Assert.Equal((1800, 200), (train.ExampleCount, validation!.ExampleCount));
        RowsAreSharedOut(train, validation, 2000);

        // The same rows in the same order as a dense copy has.
        (RowSource dense, IDataView same) = Source(Sparse(50, 64), 64, new NeuralNetworkOptions());
        (RowSource sparse, _) = Source(Sparse(50, 64), 64, new NeuralNetworkOptions { MemoryBudget = 50 * 230 });
        (IDataSource plain, IDataSource? rest) = dense.Open(same, 5);
        (IDataSource stored, IDataSource? other) = sparse.Open(same, 5);
        Assert.IsType<Dataset>(plain);
        Assert.IsNotType<Dataset>(stored);
        Assert.IsNotType<StreamSource>(stored);
        foreach (ulong? seed in (ulong?[])[null, 9])
        {
            var options = new BatchOptions { Size = 8, ShuffleSeed = seed };
            Assert.Equal(Numbers(plain, options), Numbers(stored, options));
            Assert.Equal(Numbers(rest!, options), Numbers(other!, options));
        }
    }

    /// <summary>Dense they would fit the budget, with 157 MB of it; those of the second source are too few numbers to matter, and those of the third have no zeros.</summary>
    [Fact]
    public void Rows_that_are_mostly_zeros_are_kept_without_them_though_the_budget_is_large()
    {
        (RowSource source, IDataView data) = Source(Sparse(600, 65_536), 65_536, new NeuralNetworkOptions());
        long before = GC.GetAllocatedBytesForCurrentThread();
        (IDataSource train, IDataSource? validation) = source.Open(data, 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 6 * MiB);
        RowsAreSharedOut(train, validation, 600);
        (RowSource few, IDataView view) = Source(Sparse(60, 65_536), 65_536, new NeuralNetworkOptions());
        Assert.IsType<Dataset>(few.Open(view, 1).Train);
        (RowSource full, IDataView filled) = Source(Dense(600, 8_000), 8_000, new NeuralNetworkOptions());
        Assert.IsType<Dataset>(full.Open(filled, 1).Train);
    }

    /// <summary>Rows of 256 KiB: 256 of them to validate on, or 64 to score, would take far more than the weights of 2 MiB.</summary>
    [Fact]
    public void Very_wide_rows_go_through_the_network_a_few_at_once()
    {
        IDataView data = View(Sparse(300, 65_536), 65_536);
        var options = new NeuralNetworkOptions { HiddenUnits = [8], Epochs = 1, Validation = data, Execution = new() { Threads = 1 } };
        long before = GC.GetAllocatedBytesForCurrentThread();
        using NeuralNetworkTransformer trained = ml.Regression.NeuralNetwork(options).Fit(data);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / MiB, 0, 128);
        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(300, trained.Transform(data).GetColumn<float>("Score").Count(float.IsFinite));
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / MiB, 0, 24);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(40)]
    public void However_few_rows_are_streamed_none_is_lost_and_none_is_on_both_sides(int count)
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            (RowSource source, IDataView data) = Source(Dense(count, 2), 2, new NeuralNetworkOptions { MemoryBudget = 0, ValidationFraction = 0.5 });
            (IDataSource train, IDataSource? validation) = source.Open(data, seed);
            RowsAreSharedOut(train, validation, count);
        }
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L << 30)]
    public void No_rows_to_validate_on_are_named_before_training(long budget)
    {
        IDataView none = ml.Data.FilterRowsByColumn(View(Dense(5, 2), 2), "Label", lowerBound: 1e9);
        (RowSource source, IDataView data) = Source(Dense(5, 2), 2, new NeuralNetworkOptions { MemoryBudget = budget, Validation = none });
        Assert.Contains("rows to validate on, found none", Assert.Throws<TrainingException>(() => source.Open(data, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_that_changes_between_two_passes_is_named()
    {
        (RowSource source, _) = Source(Dense(10, 2), 2, new NeuralNetworkOptions());
        foreach (int count in (int[])[9, 11])
        {
            Assert.Contains(
                "Expected 10 rows as in the pass before", Assert.Throws<TrainingException>(() => source.Open(View(Dense(count, 2), 2), 1)).Message, StringComparison.Ordinal);
        }
    }

    private static void RowsAreSharedOut(IDataSource train, IDataSource? validation, int count)
    {
        float[] Numbered(IDataSource? source) => source is null
            ? []
            : [.. source.Batches(new BatchOptions { Size = 7, ShuffleSeed = 4 }).SelectMany(batch => batch.Target.ToArray<float>())];
        Assert.Equal(Enumerable.Range(0, count).Select(i => (float)i), Numbered(train).Concat(Numbered(validation)).Order());
    }

    private static float[] Numbers(IDataSource source, BatchOptions options) =>
        [.. source.Batches(options, 2).SelectMany(batch => batch.Features.ToArray<float>().Concat(batch.Target.ToArray<float>()))];

    private (RowSource Source, IDataView Data) Source(IEnumerable<Row> rows, int features, NeuralNetworkOptions options)
    {
        IDataView data = View(rows, features);
        var columns = new TrainingColumns(ml, data, options, new LearnedTask(new RegressionHead(options), options.LabelColumn, "", 1));
        return (new RowSource(columns, options, TrainingStatistics.Of(columns, data), [], LabelScale.None), data);
    }

    private IDataView View(IEnumerable<Row> rows, int features)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }

    /// <summary>Rows whose label is their number; the first feature too.</summary>
    private static IEnumerable<Row> Dense(int count, int features)
    {
        var values = new float[features];
        var row = new Row { Features = new VBuffer<float>(features, values) };
        for (int i = 0; i < count; i++)
        {
            values.AsSpan().Fill(i + 1);
            values[0] = i;
            row.Label = i;
            yield return row;
        }
    }

    /// <summary>Rows with ten features that are not 0.</summary>
    private static IEnumerable<Row> Sparse(int count, int features)
    {
        for (int i = 0; i < count; i++)
        {
            int[] columns = [.. Enumerable.Range(0, 10).Select(k => ((i * 7) + (k * features / 10)) % features).Order()];
            yield return new Row { Label = i, Features = new VBuffer<float>(features, 10, [.. columns.Select(c => c + 0.5f)], columns) };
        }
    }

    private sealed class Row
    {
        public float Label { get; set; }

        public VBuffer<float> Features { get; set; }
    }
}
