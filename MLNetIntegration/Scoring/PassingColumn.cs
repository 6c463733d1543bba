using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The values of a column that passes through, kept for the rows of a batch.</summary>
internal abstract class PassingColumn
{
    /// <summary>Keeps the value of the source's current row.</summary>
    public abstract void Keep(int row);

    /// <summary>A getter of the kept values.</summary>
    /// <param name="row">Tells the row of the batch.</param>
    public abstract Delegate Getter(Func<int> row);

    /// <summary>Whether a column's values can be kept: those of ML.NET's own types can, images and the like cannot.</summary>
    public static bool CanKeep(DataViewSchema.Column column) => RawTypes.Visit(ColumnTypes.Item(column.Type).RawType, new Known()) is not null;

    /// <summary>Keeps a column; null if its type is none of ML.NET's own.</summary>
    public static PassingColumn? Of(DataViewRow source, DataViewSchema.Column column, int batchSize) =>
        RawTypes.Visit(ColumnTypes.Item(column.Type).RawType, new Maker(source, column, batchSize));

    private sealed class Known : IRawTypeVisitor<Type>
    {
        public Type Visit<T>() => typeof(T);
    }

    private sealed class Maker(DataViewRow source, DataViewSchema.Column column, int batchSize) : IRawTypeVisitor<PassingColumn>
    {
        public PassingColumn Visit<T>() => column.Type is VectorDataViewType
            ? new Vector<T>(source.GetGetter<VBuffer<T>>(column), batchSize)
            : new Scalar<T>(source.GetGetter<T>(column), batchSize);
    }

    private sealed class Scalar<T>(ValueGetter<T> getter, int batchSize) : PassingColumn
    {
        private readonly T[] kept = new T[batchSize];

        public override void Keep(int row) => getter(ref kept[row]);

        public override Delegate Getter(Func<int> row) => (ValueGetter<T>)((ref T value) => value = kept[row()]);
    }

    private sealed class Vector<T>(ValueGetter<VBuffer<T>> getter, int batchSize) : PassingColumn
    {
        private readonly VBuffer<T>[] kept = new VBuffer<T>[batchSize];

        public override void Keep(int row) => getter(ref kept[row]);

        public override Delegate Getter(Func<int> row) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => kept[row()].CopyTo(ref value));
    }
}
