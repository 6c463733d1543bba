using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The values of a column that passes through, kept for the rows of each batch.</summary>
internal abstract class PassingColumn
{
    private const int FirstRows = 64;

    /// <summary>Makes room for the rows of one batch more.</summary>
    public abstract void AddBatch();

    /// <summary>Keeps the value of the source's current row.</summary>
    public abstract void Keep(int batch, int row);

    /// <summary>A getter of the value for the current row.</summary>
    public abstract Delegate Getter(CurrentScores current);

    /// <summary>Keeps a column; null if its type is none of ML.NET's own.</summary>
    public static PassingColumn? Of(DataViewRow source, DataViewSchema.Column column) =>
        RawTypes.Visit(ColumnTypes.Item(column.Type).RawType, new Maker(source, column));

    /// <summary>Keeps a column of a type that only its reader knows: each row has an object of its own, which is the reader's once it was handed out.</summary>
    public static PassingColumn OfForeign<T>(DataViewRow source, DataViewSchema.Column column) => new Foreign<T>(source.GetGetter<T>(column));

    private sealed class Maker(DataViewRow source, DataViewSchema.Column column) : IRawTypeVisitor<PassingColumn>
    {
        public PassingColumn Visit<T>() => column.Type is VectorDataViewType
            ? new Vector<T>(source.GetGetter<VBuffer<T>>(column))
            : new Scalar<T>(source.GetGetter<T>(column));
    }

    private abstract class Kept<T> : PassingColumn
    {
        private readonly List<T[]> batches = [];

        public override void AddBatch() => batches.Add([]);

        /// <summary>Where a value is kept; the place grows with the rows, not with the size that a batch may have.</summary>
        protected ref T At(int batch, int row)
        {
            T[] values = batches[batch];
            if (row >= values.Length)
            {
                Array.Resize(ref values, Math.Max(FirstRows, 2 * row));
                batches[batch] = values;
            }

            return ref values[row];
        }
    }

    private sealed class Scalar<T>(ValueGetter<T> getter) : Kept<T>
    {
        public override void Keep(int batch, int row) => getter(ref At(batch, row));

        public override Delegate Getter(CurrentScores current) => (ValueGetter<T>)((ref T value) => value = At(current.Batch, current.Row));
    }

    private sealed class Vector<T>(ValueGetter<VBuffer<T>> getter) : Kept<VBuffer<T>>
    {
        public override void Keep(int batch, int row) => getter(ref At(batch, row));

        public override Delegate Getter(CurrentScores current) =>
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => At(current.Batch, current.Row).CopyTo(ref value));
    }

    private sealed class Foreign<T>(ValueGetter<T> getter) : Kept<T>
    {
        public override void Keep(int batch, int row)
        {
            // A getter may write into, or dispose, the object that it finds; a reader may still have that one.
            T fresh = default!;
            getter(ref fresh);
            At(batch, row) = fresh;
        }

        public override Delegate Getter(CurrentScores current) => (ValueGetter<T>)((ref T value) => value = At(current.Batch, current.Row));
    }
}
