using Microsoft.ML.OnnxRuntime.Tensors;
using Parquet;
using Parquet.Schema;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>The cells of one column in a group of rows. Its memory is used again for the next group.</summary>
/// <param name="name">The name of the column.</param>
internal abstract class TableColumn(string name)
{
    public string Name => name;

    /// <summary>The number of cells.</summary>
    public int Count { get; private set; }

    /// <summary>The column as Parquet describes it.</summary>
    public abstract DataField Field { get; }

    /// <summary>Makes room for cells, which are written next.</summary>
    public void Resize(int count)
    {
        Count = count;
        Reserve(count);
    }

    /// <summary>Whether the cells can fill an input of a type.</summary>
    public abstract bool Fits(TensorElementType type);

    /// <summary>Reads a cell from text.</summary>
    /// <returns>What was expected, where the text is something else; otherwise null.</returns>
    public abstract string? Parse(int row, string text);

    /// <summary>Notes that a cell is missing.</summary>
    /// <returns>Whether the column can say so.</returns>
    public abstract bool SetMissing(int row);

    /// <summary>The first cell that is missing, or −1.</summary>
    public abstract int FirstMissing();

    /// <summary>Whether a model is told that a cell is missing whatever <see cref="TableScoringOptions.AllowMissing"/> says.</summary>
    public virtual bool TakesMissing => false;

    /// <summary>A cell as text; null if it is missing.</summary>
    public abstract string? TextAt(int row);

    /// <summary>Copies cells into the rows of an input.</summary>
    /// <param name="memory">The input.</param>
    /// <param name="first">The first row of the group.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="offset">The place of the first cell among the elements of the input.</param>
    /// <param name="width">The elements of a row of the input.</param>
    /// <returns>The first row whose cell is not a number of the input's type, or −1.</returns>
    public abstract int Fill(TensorMemory memory, int first, int count, int offset, int width);

    /// <summary>Copies elements from the rows of an output.</summary>
    public abstract void Take(TensorMemory memory, int first, int count, int offset, int width);

    /// <summary>Writes a cell as text.</summary>
    public abstract void Write(CsvPartWriter writer, int row);

    /// <summary>Reads the cells of a row group.</summary>
    public abstract ValueTask Read(ParquetRowGroupReader group, DataField field);

    /// <summary>Writes all cells into a row group.</summary>
    public abstract Task Write(ParquetRowGroupWriter group);

    /// <summary>A column of the elements of an input or output.</summary>
    /// <exception cref="ArgumentException">There are no columns of this type.</exception>
    public static TableColumn Of(string name, TensorElementType type) => type switch
    {
        TensorElementType.Float or TensorElementType.Float16 => new NumberColumn<float>(name),
        TensorElementType.Double => new NumberColumn<double>(name),
        TensorElementType.Int64 => new NumberColumn<long>(name),
        TensorElementType.Int32 => new NumberColumn<int>(name),
        TensorElementType.Int16 => new NumberColumn<short>(name),
        TensorElementType.Int8 => new NumberColumn<sbyte>(name),
        TensorElementType.UInt64 => new NumberColumn<ulong>(name),
        TensorElementType.UInt32 => new NumberColumn<uint>(name),
        TensorElementType.UInt16 => new NumberColumn<ushort>(name),
        TensorElementType.UInt8 => new NumberColumn<byte>(name),
        TensorElementType.Bool => new FlagColumn(name),
        TensorElementType.String => new TextColumn(name),
        _ => throw new ArgumentException($"Expected numbers of a usual width, truth values or texts for the column \"{name}\", found {type}.", nameof(type)),
    };

    /// <summary>A column of text cells that fills an input, or with null stands in a part.</summary>
    public static TableColumn Of(string name, TensorElementType? type, TableScoringOptions options) => type is not { } element ? new TextColumn(name)
        : options.Categories.TryGetValue(name, out IReadOnlyList<string>? known) ? new CategoryColumn(new TextColumn(name), known)
        : Of(name, element);

    /// <summary>A column of Parquet.</summary>
    /// <exception cref="ArgumentException">There are no columns of this type.</exception>
    public static TableColumn Of(DataField field, TableScoringOptions options) =>
        options.Categories.TryGetValue(field.Name, out IReadOnlyList<string>? known) ? new CategoryColumn(Of(field), known) : Of(field);

    private static TableColumn Of(DataField field) => TextColumn.Holds(field) ? new TextColumn(field.Name, field) : Type.GetTypeCode(field.ClrType) switch
    {
        TypeCode.Single => new NumberColumn<float>(field.Name, field),
        TypeCode.Double => new NumberColumn<double>(field.Name, field),
        TypeCode.Int64 => new NumberColumn<long>(field.Name, field),
        TypeCode.Int32 => new NumberColumn<int>(field.Name, field),
        TypeCode.Int16 => new NumberColumn<short>(field.Name, field),
        TypeCode.SByte => new NumberColumn<sbyte>(field.Name, field),
        TypeCode.UInt64 => new NumberColumn<ulong>(field.Name, field),
        TypeCode.UInt32 => new NumberColumn<uint>(field.Name, field),
        TypeCode.UInt16 => new NumberColumn<ushort>(field.Name, field),
        TypeCode.Byte => new NumberColumn<byte>(field.Name, field),
        TypeCode.Boolean => new FlagColumn(field.Name, field),
        TypeCode.DateTime => new OtherColumn<DateTime>(field.Name, field, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"),
        TypeCode.Decimal => new OtherColumn<decimal>(field.Name, field),
        _ => throw new ArgumentException($"Expected numbers, truth values, texts, times or decimal numbers in the column \"{field.Name}\", found {field.ClrType.Name}.", nameof(field)),
    };

    /// <summary>Makes room.</summary>
    protected abstract void Reserve(int count);
}
