using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using Parquet.Schema;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tables;

/// <summary>A column of truth values, which are 0 and 1 where a model takes numbers.</summary>
/// <param name="name">The name of the column.</param>
/// <param name="field">The column of Parquet that it is read from, if it is.</param>
internal sealed class FlagColumn(string name, DataField? field = null) : ValueColumn<bool>(name, field)
{
    public override bool Fits(TensorElementType type) => Rows.Converts(type);

    public override string? Parse(int row, string text)
    {
        bool? value = text is "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase) ? true : text is "0" || text.Equals("false", StringComparison.OrdinalIgnoreCase) ? false : null;
        Values[row] = value ?? false;
        return value is null ? "true, false, 1 or 0" : null;
    }

    protected override string? TextOf(bool value) => value ? "true" : "false";

    public override int Fill(TensorMemory memory, int first, int count, int offset, int width) =>
        Rows.Fill<byte>(MemoryMarshal.AsBytes(Values.Slice(first, count)), memory, offset, width) is var bad and >= 0 ? first + bad : -1;

    public override void Take(TensorMemory memory, int first, int count, int offset, int width)
    {
        ReadOnlySpan<byte> elements = memory.Span<byte>();
        for (int i = 0; i < count; i++)
            Values[first + i] = elements[(i * width) + offset] != 0;
    }

    public override void Write(CsvPartWriter writer, int row) => writer.Write(TextOf(Values[row])!);
}
