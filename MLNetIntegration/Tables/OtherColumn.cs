using System.Globalization;
using Parquet.Schema;

namespace Toolkit.Tables;

/// <summary>A column that can stand beside scores, and that no model reads.</summary>
/// <typeparam name="T">The type of the cells.</typeparam>
/// <param name="name">The name of the column.</param>
/// <param name="field">The column of Parquet that it is read from.</param>
/// <param name="format">The format of the text of a cell; null for that of the type.</param>
internal sealed class OtherColumn<T>(string name, DataField field, string? format = null) : ValueColumn<T>(name, field)
    where T : struct, ISpanFormattable
{
    protected override string? TextOf(T value) => value.ToString(format, CultureInfo.InvariantCulture);

    public override void Write(CsvPartWriter writer, int row) => writer.Write(TextOf(Values[row])!);
}
