using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

public sealed class SplitTests
{
    private const int Rows = 20_000;
    private static readonly MLContext Ml = new(seed: 1);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Splits_scored_at_once_hold_every_row_once_with_its_own_score_and_passing_columns(int splits)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.tsv");
        try
        {
            File.WriteAllLines(file, Enumerable.Range(0, Rows).Select(i => $"{i}\t{-i}\ttext {i}"));
            IDataView data = Ml.Data.LoadFromTextFile<Row>(file);
            Check(data, splits);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Splits_of_a_cached_view_are_complete_too() => Check(Ml.Data.Cache(Ml.Data.LoadFromEnumerable(
        Enumerable.Range(0, Rows).Select(i => new Row { A = i, B = -i, Text = $"text {i}" }).ToArray())), 4);

    [Fact]
    public void A_stock_transform_behind_reads_splits_and_keeps_the_order()
    {
        IDataView data = Ml.Data.Cache(Ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, Rows).Select(i => new Row { A = i, B = -i, Text = $"text {i}" }).ToArray()));
        using BatchOnnxTransformer transformer = Estimator().Fit(data);
        IDataView scored = transformer.Transform(data);
        IDataView after = Ml.Transforms.NormalizeMinMax("Sum", "x_out").Fit(scored).Transform(scored);
        Assert.Equal(Enumerable.Range(0, Rows).Select(i => $"text {i}"), after.GetColumn<string>("Text"));
        int row = 0;
        foreach (float[] pair in after.GetColumn<float[]>("x_out"))
        {
            Assert.Equal([row, -row], pair);
            row++;
        }
    }

    /// <summary>Where one of several cursors cannot be had, those of the source are given back, all of them.</summary>
    [Fact]
    public void Splits_that_cannot_be_scored_are_released()
    {
        var data = new Watched(Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => new Row { A = i, B = -i, Text = "" }).ToArray()));
        BatchOnnxTransformer transformer = Estimator().Fit(data);
        IDataView scored = transformer.Transform(data);
        transformer.Dispose();
        data.Opened.Clear();
        Assert.Throws<ObjectDisposedException>(() => scored.GetRowCursorSet(scored.Schema, 4));
        Assert.Equal([true, true, true, true], data.Opened.Select(cursor => cursor.IsReleased));
    }

    private static BatchOnnxEstimator Estimator() => Ml.ScoreOnnx(
        RawModel.Identity(RawModel.Tensor("x", DataType.Float, "batch", 2)),
        new ScoreOnnxOptions { BatchSize = 48, Inputs = new Dictionary<string, IReadOnlyList<string>> { ["x"] = ["A", "B"] } });

    private static void Check(IDataView data, int splits)
    {
        using BatchOnnxTransformer transformer = Estimator().Fit(data);
        IDataView scored = transformer.Transform(data);
        DataViewRowCursor[] cursors = scored.GetRowCursorSet(scored.Schema, splits);
        var found = new ConcurrentBag<int>();
        var threads = cursors.Select(cursor => new Thread(() =>
        {
            using (cursor)
            {
                ValueGetter<float> a = cursor.GetGetter<float>(scored.Schema["A"]);
                ValueGetter<ReadOnlyMemory<char>> text = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["Text"]);
                ValueGetter<VBuffer<float>> output = cursor.GetGetter<VBuffer<float>>(scored.Schema["x_out"]);
                ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
                float number = 0;
                ReadOnlyMemory<char> words = default;
                VBuffer<float> pair = default;
                DataViewRowId rowId = default;
                long batch = -1, position = -1;
                while (cursor.MoveNext())
                {
                    a(ref number);
                    text(ref words);
                    output(ref pair);
                    id(ref rowId);
                    bool right = words.ToString() == $"text {number}" && pair.GetValues().SequenceEqual([number, -number])
                        && cursor.Batch >= batch && cursor.Position == ++position;
                    batch = cursor.Batch;
                    found.Add(right ? (int)number : -1);
                }
            }
        })).ToArray();
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Equal(Enumerable.Range(0, Rows), found.Order());
        Assert.InRange(cursors.Length, 2, splits);
    }

    private sealed class Row
    {
        [LoadColumn(0)]
        public float A { get; set; }

        [LoadColumn(1)]
        public float B { get; set; }

        [LoadColumn(2)]
        public string Text { get; set; } = string.Empty;
    }

    /// <summary>A view that keeps the cursors that it gave.</summary>
    private sealed class Watched(IDataView rows) : IDataView
    {
        public List<WatchedCursor> Opened { get; } = [];

        public bool CanShuffle => false;

        public DataViewSchema Schema => rows.Schema;

        public long? GetRowCount() => rows.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            Opened.Add(new WatchedCursor(rows.GetRowCursor(columnsNeeded, rand)));
            return Opened[^1];
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [.. Enumerable.Range(0, n).Select(_ => GetRowCursor(columnsNeeded, rand))];
    }

    private sealed class WatchedCursor(DataViewRowCursor cursor) : DataViewRowCursor
    {
        public bool IsReleased { get; private set; }

        public override long Position => cursor.Position;

        public override long Batch => cursor.Batch;

        public override DataViewSchema Schema => cursor.Schema;

        public override bool MoveNext() => cursor.MoveNext();

        public override bool IsColumnActive(DataViewSchema.Column column) => cursor.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => cursor.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => cursor.GetIdGetter();

        protected override void Dispose(bool disposing)
        {
            IsReleased = true;
            base.Dispose(disposing);
        }
    }
}
