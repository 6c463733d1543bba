using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.PlainMLNet;

/// <summary>Columns of a view by name, as lines of text: name, type, names of slots, names of keys, then the value of each row; numbers of a vector are separated by
/// blanks.</summary>
internal static class Columns
{
    public static IEnumerable<string> Of(IDataView view, params string[] leaveOut) => view.Schema
        .Where(c => !c.IsHidden && !leaveOut.Contains(c.Name))
        .OrderBy(c => c.Name, StringComparer.Ordinal)
        .Select(c => string.Join('\t', [c.Name, $"{c.Type}", Names(c, "SlotNames"), Names(c, "KeyValues"), .. Values(view, c)]));

    private static IEnumerable<string> Values(IDataView view, DataViewSchema.Column column) => column.Type switch
    {
        BooleanDataViewType => view.GetColumn<bool>(column).Select(v => $"{v}"),
        KeyDataViewType => view.GetColumn<uint>(column).Select(v => $"{v}"),
        TextDataViewType => view.GetColumn<string>(column),
        NumberDataViewType { RawType: var raw } when raw == typeof(float) => view.GetColumn<float>(column).Select(Text),
        VectorDataViewType { ItemType.RawType: var raw } when raw == typeof(float) => view.GetColumn<float[]>(column).Select(v => string.Join(' ', v.Select(Text))),
        VectorDataViewType { ItemType.RawType: var raw } when raw == typeof(long) => view.GetColumn<long[]>(column).Select(v => string.Join(' ', v)),
        NumberDataViewType => view.GetColumn<long>(column).Select(v => $"{v}"),
        _ => throw new NotSupportedException($"{column.Type}"),
    };

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Names(DataViewSchema.Column column, string kind)
    {
        if (column.Annotations.Schema.GetColumnOrNull(kind)?.Type is not VectorDataViewType type)
        {
            return "";
        }

        if (type.ItemType is TextDataViewType)
        {
            VBuffer<ReadOnlyMemory<char>> texts = default;
            column.Annotations.GetValue(kind, ref texts);
            return string.Join(' ', texts.DenseValues());
        }

        VBuffer<float> numbers = default;
        column.Annotations.GetValue(kind, ref numbers);
        return string.Join(' ', numbers.DenseValues().Select(Text));
    }
}
