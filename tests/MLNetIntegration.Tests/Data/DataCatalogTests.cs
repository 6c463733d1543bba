using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Tests.Data;

/// <summary>Examples as rows of ML.NET, and back.</summary>
public sealed class DataCatalogTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [Fact]
    public void Examples_are_rows_with_a_column_for_each_field()
    {
        var examples = Dataset.Of(
            Column.Ragged("text", "time", [[1L, 2], [], [3]]),
            Column.Of("box", [1f, 2, 3, 4, 5, 6], 1, 2),
            Column.Of("price", [1.5, 2.5, 3.5]),
            Column.Of("new", [true, false, true]),
            Column.Labels("kind", [2, -1, 0], classes: 3, allowUnlabelled: true));
        IDataView rows = Ml.Data.LoadFromDataset(examples);
        Assert.Equal(3, rows.GetRowCount());
        Assert.Equal(["text", "box", "price", "new", "kind"], rows.Schema.Select(column => column.Name));
        Assert.Equal([1, 2], ((VectorDataViewType)rows.Schema["box"].Type).Dimensions);
        Assert.Equal([[1, 2], [], [3]], rows.GetColumn<long[]>("text"));
        Assert.Equal([[1, 2], [3, 4], [5, 6]], rows.GetColumn<float[]>("box"));
        Assert.Equal([1.5, 2.5, 3.5], rows.GetColumn<double>("price"));
        Assert.Equal([true, false, true], rows.GetColumn<bool>("new"));
        Assert.Equal([3, 0, 1], rows.GetColumn<uint>("kind"));
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        rows.Schema["kind"].GetKeyValues(ref names);
        Assert.Equal(["0", "1", "2"], names.DenseValues().Select(name => name.ToString()));
    }

    /// <summary>Over the borders of the batches in which a cursor asks, by two cursors at once.</summary>
    [Fact]
    public void Cursors_are_independent_and_see_every_row()
    {
        float[] numbers = [.. Enumerable.Range(0, 2 * 200).Select(i => (float)i)];
        IDataView rows = Ml.Data.LoadFromDataset(Dataset.FromTargets(numbers, [2], [.. Enumerable.Range(0, 200).Select(i => -(float)i)], []));
        Assert.Equal(numbers, rows.GetColumn<float[]>("input").SelectMany(row => row));
        foreach ((float first, float second) in rows.GetColumn<float>("target").Zip(rows.GetColumn<float>("target")))
            Assert.Equal(first, second);
        using (DataViewRowCursor all = rows.GetRowCursor(rows.Schema))
        {
            ValueGetter<DataViewRowId> id = all.GetIdGetter();
            var ids = new HashSet<DataViewRowId>();
            while (all.MoveNext())
            {
                DataViewRowId own = default;
                id(ref own);
                ids.Add(own);
            }

            Assert.Equal(200, ids.Count);
        }

        using DataViewRowCursor cursor = rows.GetRowCursor([rows.Schema["target"]]);
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<VBuffer<float>>(rows.Schema["input"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<double>(rows.Schema["target"]));
        ValueGetter<float> target = cursor.GetGetter<float>(rows.Schema["target"]);
        float value = 0;
        Assert.Throws<InvalidOperationException>(() => target(ref value));
        for (int i = 0; i < 200; i++)
        {
            Assert.True(cursor.MoveNext());
            target(ref value);
            Assert.Equal((i, -(float)i), (cursor.Position, value));
        }

        Assert.False(cursor.MoveNext());
        Assert.False(cursor.MoveNext());
        Assert.Throws<InvalidOperationException>(() => target(ref value));
    }

    [Fact]
    public void Labels_keep_the_names_of_their_classes_both_ways()
    {
        var examples = Dataset.FromLabels([1, 2, 3, 4, 5, 6], [2], [1, 0, 1], 2, ["cat", "dog"]);
        Dataset back = Ml.Data.ToDataset(Ml.Data.LoadFromDataset(examples), "target", "input");
        Assert.Equal(["cat", "dog"], back.ClassNames);
        Assert.Equal([1, 0, 1], back.Labels.ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6], back.Features.ToArray());
        Assert.Equal(2, back.Layout.FeatureLength);
    }

    [Fact]
    public void Columns_of_features_are_joined_and_numbers_are_targets()
    {
        IDataView rows = Ml.Data.LoadFromEnumerable([new Row { A = 1, B = [2, 3], Y = 0.5, Truth = true }, new Row { A = 4, B = [5, 6], Y = -2, Truth = false }]);
        Dataset numbers = Ml.Data.ToDataset(rows, "Y", "B", "A");
        Assert.Equal([2, 3, 1, 5, 6, 4], numbers.Features.ToArray());
        Assert.Equal([0.5f, -2], numbers.Targets.ToArray());
        Assert.Equal([1, 0], Ml.Data.ToDataset(rows, "Truth", "A").Labels.ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        IDataView rows = Ml.Data.LoadFromEnumerable([new Row { A = float.NaN, B = [2, 3], Text = "x" }]);
        Assert.Contains("\"C\"", Assert.Throws<ArgumentException>(() => Ml.Data.ToDataset(rows, "Y", "C")).Message, StringComparison.Ordinal);
        Assert.Contains("\"Text\"", Assert.Throws<ArgumentException>(() => Ml.Data.ToDataset(rows, "Y", "Text")).Message, StringComparison.Ordinal);
        Assert.Contains("\"Text\"", Assert.Throws<ArgumentException>(() => Ml.Data.ToDataset(rows, "Text", "B")).Message, StringComparison.Ordinal);
        Assert.Contains("Expected the names of columns of features, found none", Assert.Throws<ArgumentException>(() => Ml.Data.ToDataset(rows, "Y")).Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => Ml.Data.ToDataset(rows, "Y", "A"));
        Assert.Throws<DataException>(() => Ml.Data.ToDataset(Ml.Data.LoadFromEnumerable(Array.Empty<Row>()), "Y", "A"));
        IDataView wide = Ml.Data.LoadFromEnumerable([new Row { B = [2, 3], Y = 1 }, new Row { B = [2, 3], Y = -1e300 }]);
        Assert.Contains("found -1E+300 in row 1", Assert.Throws<DataException>(() => Ml.Data.ToDataset(wide, "Y", "B")).Message, StringComparison.Ordinal);
        IDataView keys = Ml.Data.LoadFromDataset(Dataset.FromLabels([1, 2], [1], [0, -1], 2, allowUnlabelled: true));
        Assert.Contains("row 1", Assert.Throws<DataException>(() => Ml.Data.ToDataset(keys, "target", "input")).Message, StringComparison.Ordinal);
        var halves = Dataset.Of(Column.Of("half", [(Half)1]));
        Assert.Contains("\"half\"", Assert.Throws<NotSupportedException>(() => Ml.Data.LoadFromDataset(halves)).Message, StringComparison.Ordinal);
    }

    private sealed class Row
    {
        public float A { get; set; }

        [VectorType(2)]
        public float[] B { get; set; } = [];

        public double Y { get; set; }

        public bool Truth { get; set; }

        public string Text { get; set; } = "";
    }
}
