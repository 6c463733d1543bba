using System.Globalization;

namespace Toolkit.Modeling.Data;

/// <summary>Names a column of a table: by the text of its header, or by its place, from the front (0, 1, …) or from the back
/// (^1 is the last). Text and numbers convert by themselves: <c>Label = "species"</c>, <c>Label = 0</c>, <c>Label = ^1</c>.</summary>
public readonly record struct CsvColumn
{
    private readonly string? name;
    private readonly Index index;

    /// <summary>The column with this header.</summary>
    /// <param name="name">The header, compared exactly after trimming.</param>
    public CsvColumn(string name)
    {
        this.name = name;
    }

    /// <summary>The column at this place.</summary>
    /// <param name="index">The place.</param>
    public CsvColumn(Index index)
    {
        this.index = index;
    }

    /// <summary>The column with this header.</summary>
    /// <param name="name">The header.</param>
    public static implicit operator CsvColumn(string name) => new(name);

    /// <summary>The column at this place.</summary>
    /// <param name="index">The place, from 0.</param>
    public static implicit operator CsvColumn(int index) => new((Index)index);

    /// <summary>The column at this place.</summary>
    /// <param name="index">The place, from the front or the back.</param>
    public static implicit operator CsvColumn(Index index) => new(index);

    /// <summary>The header in quotes, or the place.</summary>
    public override string ToString() => name is null ? index.ToString() : $"'{name}'";

    /// <summary>The header, or the place where there is none.</summary>
    internal string Header => name ?? index.ToString();

    /// <summary>The place of the column in a table with these columns.</summary>
    /// <param name="headers">The header of each column, or its number as text if the table has none.</param>
    /// <param name="hasHeader">Whether the headers stood in the file.</param>
    /// <param name="path">The file, for the message.</param>
    internal int Find(IReadOnlyList<string> headers, bool hasHeader, string path)
    {
        if (name is null)
        {
            int place = index.GetOffset(headers.Count);
            return place >= 0 && place < headers.Count
                ? place
                : throw new DataException($"'{path}' has {headers.Count} columns; there is no column {index}.");
        }

        if (!hasHeader)
            throw new DataException($"'{path}' is read without a header, so there is no column named '{name}'; give its number.");
        int found = -1;
        for (int i = 0; i < headers.Count; i++)
        {
            if (headers[i] != name)
                continue;
            if (found >= 0)
                throw new DataException($"'{path}' has two columns named '{name}': {Number(found)} and {Number(i)}.");
            found = i;
        }

        return found >= 0
            ? found
            : throw new DataException($"'{path}' has no column named '{name}'; its columns are: {Excerpt.Quoted(headers)}.");
    }

    private static string Number(int place) => place.ToString(CultureInfo.InvariantCulture);
}
