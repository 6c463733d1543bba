using Microsoft.ML.OnnxRuntime.Tensors;
using Parquet;
using Parquet.Schema;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>A column of texts.</summary>
/// <param name="name">The name of the column.</param>
/// <param name="field">The column of Parquet that it is read from, if it is.</param>
internal sealed class TextColumn(string name, DataField? field = null) : TableColumn(name)
{
    private string?[] texts = [];

    public override DataField Field { get; } = field is null ? new DataField(name, typeof(string), isNullable: false) : (DataField)field.Clone();

    /// <summary>Whether a column of Parquet is one of texts.</summary>
    public static bool Holds(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

    public override bool Fits(TensorElementType type) => type == TensorElementType.String;

    public override string? TextAt(int row) => texts[row];

    public override string? Parse(int row, string text)
    {
        texts[row] = text;
        return null;
    }

    public override bool SetMissing(int row)
    {
        texts[row] = string.Empty;
        return true;
    }

    public override int FirstMissing() => texts.AsSpan(0, Count).IndexOf((string?)null);

    public override int Fill(TensorMemory memory, int first, int count, int offset, int width)
    {
        Span<string> elements = memory.Texts;
        for (int i = 0; i < count; i++)
            elements[(i * width) + offset] = texts[first + i] ?? string.Empty;
        return -1;
    }

    public override void Take(TensorMemory memory, int first, int count, int offset, int width)
    {
        ReadOnlySpan<string> elements = memory.Texts;
        for (int i = 0; i < count; i++)
            texts[first + i] = elements[(i * width) + offset];
    }

    public override void Write(CsvPartWriter writer, int row) => writer.Write(texts[row] ?? string.Empty);

    public override ValueTask Read(ParquetRowGroupReader group, DataField field)
    {
        Resize(checked((int)group.RowCount));
        return group.ReadAsync(field, texts.AsMemory(0, Count)!);
    }

    public override Task Write(ParquetRowGroupWriter group) => group.WriteAsync(Field, new ArraySegment<string>(texts!, 0, Count));

    protected override void Reserve(int count)
    {
        if (texts.Length < count)
            texts = new string?[count];
    }
}
