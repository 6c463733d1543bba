using Microsoft.ML.OnnxRuntime.Tensors;
using Parquet;
using Parquet.Schema;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>A column of which a model reads the texts, or their places among known ones: from 1, and 0 for what is missing or not known.</summary>
/// <param name="cells">The cells, each known by its text.</param>
/// <param name="categories">Those that are known, in their order.</param>
internal sealed class CategoryColumn(TableColumn cells, IReadOnlyList<string> categories) : TableColumn(cells.Name)
{
    private readonly Dictionary<string, int> places = categories.Select((name, i) => KeyValuePair.Create(name, i + 1)).ToDictionary(StringComparer.Ordinal);
    private int[] found = [];

    public override DataField Field => cells.Field;

    public override bool Fits(TensorElementType type) => type == TensorElementType.String || Rows.Converts(type);

    public override bool TakesMissing => true;

    public override string? TextAt(int row) => cells.TextAt(row);

    public override string? Parse(int row, string text) => cells.Parse(row, text);

    public override bool SetMissing(int row) => cells.SetMissing(row);

    public override int FirstMissing() => -1;

    public override int Fill(TensorMemory memory, int first, int count, int offset, int width)
    {
        if (memory.Description.ElementType == TensorElementType.String)
        {
            Span<string> texts = memory.Texts;
            for (int i = 0; i < count; i++)
                texts[(i * width) + offset] = cells.TextAt(first + i) ?? string.Empty;
            return -1;
        }

        if (found.Length < count)
            found = new int[count];
        for (int i = 0; i < count; i++)
            found[i] = cells.TextAt(first + i) is { } text ? places.GetValueOrDefault(text) : 0;
        return Rows.Fill<int>(found.AsSpan(0, count), memory, offset, width) is var bad and >= 0 ? first + bad : -1;
    }

    public override void Take(TensorMemory memory, int first, int count, int offset, int width) => cells.Take(memory, first, count, offset, width);

    public override void Write(CsvPartWriter writer, int row) => cells.Write(writer, row);

    public override ValueTask Read(ParquetRowGroupReader group, DataField field)
    {
        Resize(checked((int)group.RowCount));
        return cells.Read(group, field);
    }

    public override Task Write(ParquetRowGroupWriter group) => cells.Write(group);

    protected override void Reserve(int count) => cells.Resize(count);
}
