using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Tensors;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Writes a column's value of the current row into a row of a model input.</summary>
internal abstract class ColumnReader
{
    public abstract void Read(Value buffer, int row);

    public static ColumnReader Of(DataViewRow source, DataViewSchema.Column column, DType type, int offset, int rowLength) => type switch
    {
        DType.Float32 => Of<float>(source, column, offset, rowLength),
        DType.Float64 => Of<double>(source, column, offset, rowLength),
        DType.Int32 => Of<int>(source, column, offset, rowLength),
        DType.Int64 => Of<long>(source, column, offset, rowLength),
        DType.UInt32 => Of<uint>(source, column, offset, rowLength),
        DType.UInt64 => Of<ulong>(source, column, offset, rowLength),
        _ => Of<bool>(source, column, offset, rowLength),
    };

    private static ColumnReader Of<T>(DataViewRow source, DataViewSchema.Column column, int offset, int rowLength)
        where T : unmanaged => column.Type is VectorDataViewType
            ? new Vector<T>(source, column, offset, rowLength)
            : new Scalar<T>(source.GetGetter<T>(column), offset, rowLength);

    private sealed class Scalar<T>(ValueGetter<T> getter, int offset, int rowLength) : ColumnReader
        where T : unmanaged
    {
        public override void Read(Value buffer, int row) => getter(ref buffer.Span<T>()[(row * rowLength) + offset]);
    }

    private sealed class Vector<T>(DataViewRow source, DataViewSchema.Column column, int offset, int rowLength) : ColumnReader
        where T : unmanaged
    {
        private readonly ValueGetter<VBuffer<T>> getter = source.GetGetter<VBuffer<T>>(column);
        private readonly int length = ColumnTypes.Length(column.Type) == 0 ? rowLength : ColumnTypes.Length(column.Type);
        private VBuffer<T> vector;

        public override void Read(Value buffer, int row)
        {
            getter(ref vector);
            if (vector.Length != length)
            {
                throw new ScoringException($"Expected {length} numbers in the column \"{column.Name}\", found {vector.Length} in row {source.Position}.");
            }

            vector.CopyTo(buffer.Span<T>().Slice((row * rowLength) + offset, length));
        }
    }
}
