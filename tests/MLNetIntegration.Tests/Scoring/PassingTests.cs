using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Columns that the model does not read, of every type that ML.NET has.</summary>
public sealed class PassingTests
{
    private const int Rows = 3000;
    private static readonly MLContext Ml = new(seed: 1);

    [Fact]
    public void Columns_of_every_type_pass_through_a_cursor() => Check(Data(), view => [view.GetRowCursor(view.Schema)]);

    [Fact]
    public void Columns_of_every_type_pass_through_splits() => Check(Ml.Data.Cache(Data()), view =>
    {
        DataViewRowCursor[] cursors = view.GetRowCursorSet(view.Schema, 2);
        Assert.Equal(2, cursors.Length);
        return cursors;
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_column_of_a_type_that_is_not_ML_NETs_own_passes_through_one_cursor_and_splits(int splits)
    {
        IDataView data = Data();
        IDataView strange = Ml.Transforms.CustomMapping<Row, Made>((row, made) => made.Thing = new Thing(row.Number), contractName: null).Fit(data).Transform(Ml.Data.Cache(data));
        using BatchOnnxTransformer transformer = Estimator().Fit(strange);
        IDataView scored = transformer.Transform(strange);
        var seen = new List<int>();
        foreach (DataViewRowCursor cursor in scored.GetRowCursorSet([scored.Schema["Thing"], scored.Schema["Number_out"]], splits))
        {
            using (cursor)
            {
                ValueGetter<Thing> thing = cursor.GetGetter<Thing>(scored.Schema["Thing"]);
                ValueGetter<float> output = cursor.GetGetter<float>(scored.Schema["Number_out"]);
                var value = new Thing(-1);
                var handed = new List<Thing>();
                float score = -1;
                while (cursor.MoveNext())
                {
                    thing(ref value);
                    output(ref score);
                    Assert.Equal(score, value.Value);
                    handed.Add(value);
                    seen.Add((int)score);
                }

                // What was handed out is the reader's: later batches do not write into it.
                Assert.Equal(seen.TakeLast(handed.Count), handed.Select(h => (int)h.Value));
            }
        }

        Assert.Equal(Enumerable.Range(0, Rows), seen.Order());
    }

    [Fact]
    public void A_getter_of_a_foreign_type_that_comes_after_rows_were_read_is_refused_by_name()
    {
        IDataView data = Data();
        IDataView strange = Ml.Transforms.CustomMapping<Row, Made>((row, made) => made.Thing = new Thing(row.Number), contractName: null).Fit(data).Transform(data);
        using BatchOnnxTransformer transformer = Estimator().Fit(strange);
        IDataView scored = transformer.Transform(strange);
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        Assert.True(cursor.MoveNext());
        ScoringException error = Assert.Throws<ScoringException>(() => cursor.GetGetter<Thing>(scored.Schema["Thing"]));
        Assert.Contains("\"Thing\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("before the first row", error.Message, StringComparison.Ordinal);
    }

    private static IDataView Data() => Ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(Row.Of).ToArray());

    private static BatchOnnxEstimator Estimator() => Ml.ScoreOnnx(RawModel.Identity(RawModel.Tensor("Number", DataType.Float, "n")));

    private static void Check(IDataView data, Func<IDataView, DataViewRowCursor[]> open)
    {
        using BatchOnnxTransformer transformer = Estimator().Fit(data);
        IDataView scored = transformer.Transform(data);
        DataViewRowCursor[] cursors = open(scored);
        var seen = new List<int>();
        foreach (DataViewRowCursor cursor in cursors)
        {
            using (cursor)
            {
                Func<float> score = Getter<float>("Number_out"), number = Getter<float>("Number");
                Func<bool> even = Getter<bool>("Even");
                Func<sbyte> int8 = Getter<sbyte>("Int8");
                Func<ulong> uint64 = Getter<ulong>("UInt64");
                Func<double> float64 = Getter<double>("Float64");
                Func<DateTime> date = Getter<DateTime>("Date");
                Func<DateTimeOffset> offset = Getter<DateTimeOffset>("Offset");
                Func<TimeSpan> span = Getter<TimeSpan>("Span");
                Func<DataViewRowId> id = Getter<DataViewRowId>("Id");
                Func<ReadOnlyMemory<char>> text = Getter<ReadOnlyMemory<char>>("Text");
                Func<uint> key = Getter<uint>("Key");
                Func<VBuffer<ReadOnlyMemory<char>>> texts = Getter<VBuffer<ReadOnlyMemory<char>>>("Texts");
                Func<VBuffer<int>> numbers = Getter<VBuffer<int>>("Numbers");
                while (cursor.MoveNext())
                {
                    var row = Row.Of((int)number());
                    seen.Add((int)row.Number);
                    Assert.Equal(row.Number, score());
                    Assert.Equal(
                        (row.Even, row.Int8, row.UInt64, row.Float64, row.Date, row.Offset, row.Span, row.Id, row.Text, row.Key + 1),
                        (even(), int8(), uint64(), float64(), date(), offset(), span(), id(), text().ToString(), key()));
                    Assert.Equal(row.Texts, texts().DenseValues().Select(t => t.ToString()));
                    Assert.Equal(row.Numbers, numbers().DenseValues());
                }

                Func<T> Getter<T>(string name)
                {
                    ValueGetter<T> getter = cursor.GetGetter<T>(scored.Schema[name]);
                    return () =>
                    {
                        T value = default!;
                        getter(ref value);
                        return value;
                    };
                }
            }
        }

        Assert.Equal(Enumerable.Range(0, Rows), cursors.Length == 1 ? seen : seen.Order());
    }

    private sealed class Row
    {
        public float Number { get; set; }

        public bool Even { get; set; }

        public sbyte Int8 { get; set; }

        public ulong UInt64 { get; set; }

        public double Float64 { get; set; }

        public DateTime Date { get; set; }

        public DateTimeOffset Offset { get; set; }

        public TimeSpan Span { get; set; }

        public DataViewRowId Id { get; set; }

        public string Text { get; set; } = string.Empty;

        [KeyType(Rows)]
        public uint Key { get; set; }

        public string[] Texts { get; set; } = [];

        public int[] Numbers { get; set; } = [];

        public static Row Of(int i) => new()
        {
            Number = i,
            Even = i % 2 == 0,
            Int8 = (sbyte)(i % 100),
            UInt64 = ulong.MaxValue - (ulong)i,
            Float64 = i / 3.0,
            Date = new DateTime(2000, 1, 1).AddDays(i),
            Offset = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)).AddDays(i),
            Span = TimeSpan.FromSeconds(i),
            Id = new DataViewRowId((ulong)i, 7),
            Text = $"row {i}",
            Key = (uint)i,
            Texts = [.. Enumerable.Range(0, i % 4).Select(j => $"{i}.{j}")],
            Numbers = [.. Enumerable.Range(i, i % 5)],
        };
    }

    private sealed class Made
    {
        [ThingType]
        public Thing Thing { get; set; } = new(0);
    }

    private sealed record Thing(float Value);

    private sealed class ThingType() : StructuredDataViewType(typeof(Thing))
    {
        public override bool Equals(DataViewType? other) => other is ThingType;

        public override int GetHashCode() => 1;
    }

    private sealed class ThingTypeAttribute : DataViewTypeAttribute
    {
        public override bool Equals(DataViewTypeAttribute? other) => other is ThingTypeAttribute;

        public override int GetHashCode() => 1;

        public override void Register() => DataViewTypeManager.Register(new ThingType(), typeof(Thing), this);
    }
}
