using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Sources that give other rows each time they are read: rows and scores come from one pass.</summary>
public sealed class OnePassTests
{
    private const int Rows = 200;
    private static readonly MLContext Ml = new(seed: 1);

    [Fact]
    public void A_source_that_orders_its_rows_anew_each_time_is_scored_row_by_row() => Check(Ml.Data.LoadFromEnumerable(Shuffled()));

    [Fact]
    public void A_source_that_makes_up_its_rows_is_scored_row_by_row()
    {
        var random = new Random(1);
        IEnumerable<Row> Made()
        {
            for (int i = 0; i < Rows; i++)
            {
                yield return Row.Of(random.Next(100_000));
            }
        }

        Check(Ml.Data.LoadFromEnumerable(Made()));
    }

    [Fact]
    public void A_source_that_can_be_read_once_is_read_once()
    {
        using IEnumerator<Row> rows = Enumerable.Range(0, Rows).Select(Row.Of).GetEnumerator();
        IEnumerable<Row> Once()
        {
            while (rows.MoveNext())
            {
                yield return rows.Current;
            }
        }

        Check(Ml.Data.LoadFromEnumerable(Once()));
    }

    [Fact]
    public void Rows_shuffled_by_a_generator_stand_beside_their_scores()
    {
        IDataView data = Ml.Data.Cache(Ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(Row.Of).ToArray()));
        using BatchOnnxTransformer transformer = Estimator(7, null).Fit(data);
        IDataView scored = transformer.Transform(data);
        Assert.True(scored.CanShuffle);
        (List<float> x, List<float> scores) = Read(scored.GetRowCursor(scored.Schema, new Random(3)));
        Assert.NotEqual(Enumerable.Range(0, Rows).Select(i => (float)i), x);
        Assert.Equal(Enumerable.Range(0, Rows).Select(i => (float)i), x.Order());
        Assert.Equal(x, scores);
    }

    [Fact]
    public void Identifiers_are_those_of_the_rows()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(Row.Of).ToArray());
        using BatchOnnxTransformer transformer = Estimator(7, 3).Fit(data);
        IDataView scored = transformer.Transform(data);
        Assert.Equal(Ids(data), Ids(scored));

        static List<DataViewRowId> Ids(IDataView view)
        {
            using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
            ValueGetter<DataViewRowId> get = cursor.GetIdGetter();
            var found = new List<DataViewRowId>();
            DataViewRowId id = default;
            while (cursor.MoveNext())
            {
                get(ref id);
                found.Add(id);
            }

            return found;
        }
    }

    [Fact]
    public void Values_are_refused_where_there_is_no_row()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(Row.Of).ToArray());
        using BatchOnnxTransformer transformer = Estimator(2, 0).Fit(data);
        IDataView scored = transformer.Transform(data);
        DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<float> x = cursor.GetGetter<float>(scored.Schema["X"]), score = cursor.GetGetter<float>(scored.Schema["X_out"]);
        float value = 0;
        Assert.Throws<InvalidOperationException>(() => x(ref value));
        Assert.Equal(-1, cursor.Position);
        while (cursor.MoveNext())
        {
            score(ref value);
        }

        Assert.Equal(2, value);
        Assert.Equal(-1, cursor.Position);
        Assert.False(cursor.MoveNext());
        Assert.Throws<InvalidOperationException>(() => score(ref value));
        cursor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => score(ref value));
        Assert.Throws<ObjectDisposedException>(() => cursor.MoveNext());
    }

    private static IEnumerable<Row> Shuffled()
    {
        int[] order = [.. Enumerable.Range(0, Rows)];
        Random.Shared.Shuffle(order);
        foreach (int i in order)
        {
            yield return Row.Of(i);
        }
    }

    private static BatchOnnxEstimator Estimator(int batchSize, int? ahead) => Ml.ScoreOnnx(
        RawModel.Identity(RawModel.Tensor("X", DataType.Float, "n")), new ScoreOnnxOptions { BatchSize = batchSize, BatchesAhead = ahead });

    private static void Check(IDataView data)
    {
        using BatchOnnxTransformer transformer = Estimator(16, null).Fit(data);
        IDataView scored = transformer.Transform(data);
        (List<float> x, List<float> scores) = Read(Assert.Single(scored.GetRowCursorSet(scored.Schema, 2)));
        Assert.Equal(Rows, x.Count);
        Assert.Equal(x, scores);
    }

    private static (List<float> X, List<float> Scores) Read(DataViewRowCursor opened)
    {
        using DataViewRowCursor cursor = opened;
        ValueGetter<float> x = cursor.GetGetter<float>(cursor.Schema["X"]), score = cursor.GetGetter<float>(cursor.Schema["X_out"]);
        ValueGetter<ReadOnlyMemory<char>> text = cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["Text"]);
        ValueGetter<VBuffer<double>> numbers = cursor.GetGetter<VBuffer<double>>(cursor.Schema["Numbers"]);
        ReadOnlyMemory<char> words = default;
        VBuffer<double> vector = default;
        (List<float> X, List<float> Scores) found = ([], []);
        float number = 0, output = 0;
        while (cursor.MoveNext())
        {
            score(ref output);
            x(ref number);
            text(ref words);
            numbers(ref vector);
            found.X.Add(number);
            found.Scores.Add(output);
            Assert.Equal($"text {number}", words.ToString());
            Assert.Equal([number, -number], vector.DenseValues());
        }

        return found;
    }

    private sealed class Row
    {
        public float X { get; set; }

        public string Text { get; set; } = string.Empty;

        public double[] Numbers { get; set; } = [];

        public static Row Of(int i) => new() { X = i, Text = $"text {i}", Numbers = [i, -i] };
    }
}
