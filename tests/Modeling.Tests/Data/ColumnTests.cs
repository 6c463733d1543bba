using CsCheck;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

/// <summary>Examples of named fields, of any type, some of them sequences.</summary>
public sealed class ColumnTests
{
    /// <summary>Example i: a text of i % 4 ids, each i + 1, a mark for each id, a number 2i, a class i % 3 and a weight.</summary>
    internal static Dataset Sequences(int count, bool weights = false)
    {
        int[] rows = [.. Enumerable.Range(0, count)];
        Column[] columns =
        [
            Column.Ragged("text", "time", [.. rows.Select(i => Enumerable.Repeat(i + 1L, i % 4).ToArray())]),
            Column.Ragged("marks", "time", [.. rows.Select(i => Enumerable.Repeat(i + 0.5f, 2 * (i % 4)).ToArray())], 2),
            Column.Of("number", [.. rows.Select(i => 2.0 * i)]),
            Column.Labels("kind", [.. rows.Select(i => i % 3L)], 3),
        ];
        return Dataset.Of(weights ? [.. columns, Column.Of("weight", [.. rows.Select(i => (float)i)])] : columns);
    }

    [Fact]
    public void Fields_of_an_example_stay_together() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 12], Gen.ULong, Gen.Int[0, 3]).Sample((count, size, seed, epoch) =>
        {
            Dataset data = Sequences(count, weights: true);
            var options = new BatchOptions { Size = size, ShuffleSeed = seed };
            var seen = new List<int>();
            foreach (IDataSource source in (IDataSource[])[data, new PrefetchedSource(data)])
            {
                seen.Clear();
                foreach (Batch batch in source.Batches(options, epoch))
                    seen.AddRange(Checked(batch));
                Assert.Equal(Enumerable.Range(0, count), seen.Order());
            }

            foreach (Batch batch in data.Take((count + 1) / 2).Batches(options))
                Checked(batch);
            int[] rows = [count - 1, 0, count - 1];
            Assert.Equal(rows, data.Select(rows).Batches(new BatchOptions { Size = 3 }).SelectMany(Checked));
        });

    [Fact]
    public void Halves_are_finite_like_other_numbers()
    {
        Assert.Contains("hold NaN in row 1, column 0", Assert.Throws<DataException>(() => Column.Of("x", [(Half)1, (Half)2, Half.NaN, (Half)3], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("hold +∞ in row 0, column 1", Assert.Throws<DataException>(() => Column.Of("x", [(BFloat16)1f, (BFloat16)float.PositiveInfinity], 2)).Message, StringComparison.Ordinal);
        foreach (Value value in (Value[])[Value.Of(Half.NegativeInfinity), Value.Of((BFloat16)float.NaN)])
        {
            var stream = new StreamSource(new DataLayout(new Field("x", value.DType, [])), () => [new([("x", value)])]);
            Assert.Contains("numbers of \"x\" hold", Assert.Throws<DataException>(() => stream.Batches(new BatchOptions { Size = 1 }).Count()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Chosen_sequences_are_copies()
    {
        float[][] rows = [[1], [2, 3]];
        Dataset chosen = Dataset.Of(Column.Ragged("text", "time", rows)).Select([1, 0, 1]);
        rows[1][0] = 77;
        Assert.Equal([2, 3, 1, 0, 2, 3], chosen.Batches(new BatchOptions { Size = 3 }).Single()["text"].ToArray<float>());
    }

    /// <summary>The numbers of the examples of a batch, each checked.</summary>
    private static int[] Checked(Batch batch)
    {
        double[] numbers = batch["number"].ToArray<double>();
        Value text = batch["text"], marks = batch["marks"];
        int steps = text.Sizes[1];
        Assert.Equal([batch.Count, steps], text.Sizes.ToArray());
        Assert.Equal([batch.Count, steps, 2], marks.Sizes.ToArray());
        long[] lengths = batch.LengthsOf("time").ToArray<long>();
        int[] rows = [.. numbers.Select(number => (int)(number / 2))];
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(rows[i] % 4, lengths[i]);
            Assert.Equal(rows[i] % 3, batch["kind"].Span<long>()[i]);
            Assert.Equal(rows[i], batch["weight"].Span<float>()[i]);
            for (int t = 0; t < steps; t++)
            {
                bool there = t < lengths[i];
                Assert.Equal(there ? rows[i] + 1L : 0L, text.Span<long>()[(i * steps) + t]);
                Assert.Equal(there ? rows[i] + 0.5f : 0f, marks.Span<float>()[(((i * steps) + t) * 2) + 1]);
            }
        }

        return rows;
    }

    [Fact]
    public void Padding_adds_at_most_a_quarter_and_gives_few_lengths()
    {
        var found = new HashSet<int>();
        for (int longest = 1; longest <= 4096; longest++)
        {
            int padded = Padded.Length([1, longest, 0]);
            Assert.InRange(padded, longest, longest * 5 / 4);
            found.Add(padded);
        }

        Assert.Equal(8 + (4 * 9), found.Count);
        Assert.Equal(1, Padded.Length([0, 0]));
    }

    [Fact]
    public void A_layout_names_its_fields()
    {
        DataLayout layout = Sequences(3).Layout;
        Assert.Equal(
            "(text: Int64 [time], marks: Float32 [time, 2], number: Float64 [], kind: Int64 [] of 3 classes)", layout.ToString());
        Assert.Equal(["time"], layout.Axes);
        Assert.Contains("field \"input\"", Assert.Throws<InvalidOperationException>(() => layout.FeatureLength).Message, StringComparison.Ordinal);
        Assert.Contains("\"target\"", Assert.Throws<InvalidOperationException>(() => layout.TargetLength).Message, StringComparison.Ordinal);
        Assert.Equal(["input", "target", "weight"], DataLayout.Values([2], []).WithWeights().Fields.Select(f => f.Name));
        layout.RequireSame(new DataLayout([.. layout.Fields.Reverse()]));
        layout.RequireSame(layout.WithWeights());
        Assert.Throws<ShapeException>(() => layout.RequireSame(new DataLayout([.. layout.Fields.Skip(1)])));
        Assert.Throws<ShapeException>(() => layout.RequireSame(new DataLayout([layout.Fields[0] with { Type = DType.Int32 }, .. layout.Fields.Skip(1)])));
    }

    [Fact]
    public void Data_sets_of_the_usual_fields_are_data_sets_of_columns()
    {
        var made = Dataset.Of(Column.Of("input", [1f, 2, 3, 4], 2), Column.Labels("target", [1, 0], 2));
        var usual = Dataset.FromLabels([1, 2, 3, 4], [2], [1, 0], 2);
        Assert.Equal(usual.ToString(), made.ToString());
        Assert.Equal(usual.Features.ToArray(), made.Features.ToArray());
        Assert.Equal(usual.Labels.ToArray(), made.Labels.ToArray());
        Assert.Equal(["input", "target"], usual.Columns.Select(column => column.Field.Name));
    }

    [Fact]
    public void Columns_that_do_not_go_together_are_refused()
    {
        Column two = Column.Of("a", [1f, 2]);
        Says<ArgumentException>("\"b\"", () => Dataset.Of(two, Column.Of("b", [1f])));
        Says<ArgumentException>("two called \"a\"", () => Dataset.Of(two, two));
        Says<ArgumentException>("at least one field", () => Dataset.Of());
        Says<DataException>("row 1", () => Dataset.Of(Column.Ragged("x", "t", [[1f], [1f, 2]]), Column.Ragged("y", "t", [[1L], [1L]])));
        Says<DataException>("NaN", () => Column.Of("a", [1.0, double.NaN]));
        Says<DataException>("−∞ in row 1, column 2 ", () => Column.Of("a", [1.0, 2, 1e300, 4, 5, double.NegativeInfinity], 3));
        Says<DataException>("row 1", () => Column.Ragged("a", "t", [[1f], [1f, float.PositiveInfinity]]));
        Says<ArgumentException>("whole examples", () => Column.Of("a", [1f, 2, 3], 2));
        Says<ArgumentException>("whole steps", () => Column.Ragged("a", "t", [[1f, 2, 3]], 2));
        Says<ArgumentException>("at least one", () => Column.Ragged<float>("a", "t", []));
        Says<DataException>("label 3", () => Column.Labels("a", [3], 3));
        Says<DataException>("step 1", () => Column.RaggedLabels("a", "t", [[0, -1]], 3));
        Assert.Equal(3, Column.RaggedLabels("a", "t", [[0, -1]], 3, allowUnlabelled: true).Field.Classes);
        Says<DataException>("weight -1", () => Dataset.Of(two, Column.Of("weight", [1f, -1])));
        Says<ArgumentException>("weights of Float32", () => Dataset.Of(two, Column.Of("weight", [1.0, 1])));
        Says<ArgumentException>("first axis", () => new DataLayout(new Field("a", DType.Float32, [2, "time"])));
        Batch batch = Sequences(3).Batches(new BatchOptions()).First();
        Says<ArgumentException>("\"marks\"", () => batch["other"]);
        Says<ArgumentException>("time", () => batch.LengthsOf("place"));
        Says<InvalidOperationException>("features with a label", () => Added(batch.Layout));
        Says<ArgumentException>("3 numbers", () => Added(DataLayout.Values([3], [])));

        static Batch Added(DataLayout layout)
        {
            var batch = new Batch(layout, 2);
            batch.Add([1f], 0, [1f]);
            return batch;
        }

        static void Says<T>(string part, Func<object> make)
            where T : Exception => Assert.Contains(part, Assert.ThrowsAny<T>(make).Message, StringComparison.Ordinal);
    }
}
