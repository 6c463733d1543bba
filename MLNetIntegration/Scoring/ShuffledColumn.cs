using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Modeling;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A column whose values have changed places: each row has that of another.</summary>
internal sealed class ShuffledColumn : AddedColumn
{
    private readonly Values values;
    private int[] places;

    /// <summary>Reads the column.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="name">The name of the column.</param>
    /// <exception cref="ScoringException">There is no such column, or its type is none of ML.NET's own.</exception>
    public ShuffledColumn(IDataView rows, string name)
        : base(name, name)
    {
        DataViewSchema.Column column = SourceIn(rows.Schema);
        using DataViewRowCursor cursor = rows.GetRowCursor([column]);
        values = RawTypes.Visit(ColumnTypes.Item(column.Type).RawType, new Opening(cursor, column))
            ?? throw new ScoringException($"Expected numbers, truth values, keys, texts or times in the column \"{name}\", found {column.Type}.");
        int count = 0;
        for (; cursor.MoveNext(); count++)
            values.Add();
        places = [.. Enumerable.Range(0, count)];
    }

    /// <summary>Draws other places. Getters that are there keep theirs.</summary>
    public void Shuffle(RandomSource random)
    {
        places = [.. places];
        random.Shuffle(places.AsSpan());
    }

    /// <inheritdoc/>
    public override Delegate Getter(DataViewRow row)
    {
        int[] own = places;
        return values.Getter(() => row.Position < own.Length
            ? own[row.Position]
            : throw new ScoringException($"Expected the {own.Length} rows that the column \"{Name}\" had before, found more."));
    }

    /// <inheritdoc/>
    protected override DataViewType TypeFor(DataViewSchema.Column from) => from.Type;

    /// <inheritdoc/>
    protected override DataViewSchema.Annotations? AnnotationsFor(DataViewSchema.Column from) => from.Annotations;

    private sealed class Opening(DataViewRow row, DataViewSchema.Column column) : IRawTypeVisitor<Values>
    {
        public Values Visit<T>() => column.Type is VectorDataViewType
            ? new Values<VBuffer<T>>(row.GetGetter<VBuffer<T>>(column), (in VBuffer<T> from, ref VBuffer<T> to) => from.CopyTo(ref to))
            : new Values<T>(row.GetGetter<T>(column), (in T from, ref T to) => to = from);
    }

    /// <summary>The values of the column, row by row.</summary>
    private abstract class Values
    {
        /// <summary>Adds that of the current row.</summary>
        public abstract void Add();

        /// <summary>What gives the value of a row.</summary>
        public abstract Delegate Getter(Func<int> row);
    }

    private delegate void Copy<T>(in T from, ref T to);

    private sealed class Values<T>(ValueGetter<T> read, Copy<T> copy) : Values
    {
        private readonly List<T> all = [];

        public override void Add()
        {
            // A value of its own: a vector's memory is filled again where one is handed in.
            T value = default!;
            read(ref value);
            all.Add(value);
        }

        public override Delegate Getter(Func<int> row) => (ValueGetter<T>)((ref T value) => copy(all[row()], ref value));
    }
}
