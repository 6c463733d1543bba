using Microsoft.ML.OnnxRuntime.Tensors;
using Parquet;
using Parquet.Schema;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>A column of cells of one type of known width.</summary>
/// <typeparam name="T">The type of the cells.</typeparam>
/// <param name="name">The name of the column.</param>
/// <param name="field">The column of Parquet that it is read from, if it is.</param>
internal abstract class ValueColumn<T>(string name, DataField? field) : TableColumn(name)
    where T : struct
{
    private readonly bool isNullable = field?.IsNullable ?? false;
    private T[] values = [], packed = [];

    // The definition levels of Parquet, 1 for a cell that is there and 0 for one that is not, of a column that may lack cells.
    private int[] levels = [];

    public override DataField Field { get; } = field is null ? new DataField(name, typeof(T), isNullable: false) : (DataField)field.Clone();

    protected ReadOnlyMemory<T> Memory => values.AsMemory(0, Count);

    protected Span<T> Values => values.AsSpan(0, Count);

    /// <summary>What stands in the place of a cell that is missing.</summary>
    protected virtual T Missing => default;

    /// <summary>A cell as text; null if it is none.</summary>
    protected abstract string? TextOf(T value);

    public override bool Fits(TensorElementType type) => false;

    public override bool SetMissing(int row) => false;

    public override string? TextAt(int row) => isNullable && levels[row] == 0 ? null : TextOf(values[row]);

    public override int FirstMissing() => isNullable ? levels.AsSpan(0, Count).IndexOf(0) : -1;

    public override string? Parse(int row, string text) => throw new NotSupportedException();

    public override int Fill(TensorMemory memory, int first, int count, int offset, int width) => throw new NotSupportedException();

    public override void Take(TensorMemory memory, int first, int count, int offset, int width) => throw new NotSupportedException();

    public override async ValueTask Read(ParquetRowGroupReader group, DataField field)
    {
        Resize(checked((int)group.RowCount));
        if (!isNullable)
        {
            await group.ReadAsync<T>(field, values.AsMemory(0, Count));
            return;
        }

        // What is there comes without gaps; spread from the end, no value is overwritten before it has moved.
        await group.ReadRawAsync<T>(field, values.AsMemory(0, Count), levels.AsMemory(0, Count), null);
        int missing = levels.AsSpan(0, Count).Count(0);
        for (int row = Count - 1, at = Count - missing; missing > 0 && row >= 0; row--)
            values[row] = levels[row] == 0 ? Missing : values[--at];
    }

    public override async Task Write(ParquetRowGroupWriter group)
    {
        if (!isNullable)
        {
            await group.WriteAsync<T>(Field, values.AsMemory(0, Count));
            return;
        }

        int there = 0;
        for (int row = 0; row < Count; row++)
        {
            if (levels[row] != 0)
                packed[there++] = values[row];
        }

        await group.WriteAllPartsAsync<T>(Field, packed.AsMemory(0, there), levels.AsMemory(0, Count), null, CancellationToken.None);
    }

    protected override void Reserve(int count)
    {
        if (values.Length >= count)
            return;
        values = new T[count];
        if (isNullable)
            (levels, packed) = (new int[count], new T[count]);
    }
}
