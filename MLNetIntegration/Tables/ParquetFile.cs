using Toolkit.Modeling.Data;

namespace Toolkit.Tables;

/// <summary>Parquet files as tables of text, for what reads CSV.</summary>
public static class ParquetFile
{
    /// <summary>
    /// Reads a file as a CSV file of the same cells is read: first the names of the columns, then each row. Numbers have the fewest digits that give the same number back, truth values are "true" and "false", times as in ISO 8601
    /// ("2020-01-31T18:00:00.5"), and a cell that is missing or NaN is the empty text. One row group is held at a time.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>The rows, their <see cref="CsvRow.Line"/> counted from 0 and −1 for the names. Each enumeration reads the file anew.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">A column holds lists, other columns or a type without texts.</exception>
    /// <exception cref="DataException">The file is damaged.</exception>
    public static IEnumerable<CsvRow> ReadText(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"Expected a table at \"{path}\", found no file.", path);
        return Rows();

        IEnumerable<CsvRow> Rows()
        {
            var table = ParquetTable.Open(path);
            var layout = new ScoreLayout([], [.. Enumerable.Range(0, table.Names.Count)], [], BatchSize: 1);
            using GroupReader reader = table.CreateReader(layout, new TableScoringOptions());
            yield return new CsvRow(-1, table.Names);
            for (long line = 0; reader.TryNext(_ => true);)
            {
                reader.Read();
                for (int row = 0; row < reader.Rows; row++, line++)
                    yield return new CsvRow(line, [.. reader.Kept.Select(column => column.TextAt(row) ?? string.Empty)]);
            }
        }
    }
}
