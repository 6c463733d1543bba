using System.Globalization;
using Toolkit.Modeling.Data;

namespace Toolkit.Tool.Data;

/// <summary>Finds out what the columns of a table are: numbers where all texts are numbers, categories where there are few different texts.</summary>
/// <param name="table">The table.</param>
/// <param name="options">What is known of it.</param>
internal sealed class SchemaInference(Table table, TableOptions options)
{
    private const int MostCategories = 1000, MostNumberedClasses = 20;

    public ModelData Run()
    {
        int label = options.Label is { } name ? table.Find(name) : table.Headers.Count - 1;
        HashSet<int> ignored = [.. options.Ignored.Select(table.Find)], categories = [.. options.Categories.Select(table.Find)];
        TableColumn[] columns = [.. Enumerable.Range(0, table.Headers.Count).Where(column => column != label && !ignored.Contains(column)).Select(column => Column(column, categories.Contains(column)))];
        return columns.Length > 0
            ? new ModelData(columns, table.Headers[label], Classes(label))
            : throw new DataException($"Expected a column to learn from beside the label '{table.Headers[label]}', found none.");
    }

    private TableColumn Column(int column, bool isCategory)
    {
        CsvRow[] present = [.. table.Rows.Where(row => !Table.IsMissing(row, column))];
        if (present.Length == 0)
            throw table.Bad(column, "every value is missing; leave the column out with --ignore");
        int numbers = present.Count(row => Table.IsNumber(row.Fields[column]));
        if (!isCategory && numbers == present.Length)
            return new TableColumn(table.Headers[column]);
        if (!isCategory && 2 * numbers > present.Length)
        {
            CsvRow odd = present.First(row => !Table.IsNumber(row.Fields[column]));
            throw table.Bad(odd, column, $"expected a number, as in most rows, found '{odd.Fields[column]}'; if the column has names in it, say so with --category");
        }

        string[] names = Sorted(present.Select(row => row.Fields[column]));
        return isCategory || (names.Length <= MostCategories && 2 * names.Length <= present.Length)
            ? new TableColumn(table.Headers[column], names)
            : throw table.Bad(column, $"found {names.Length} different texts in {present.Length} rows, which are neither numbers nor categories; leave the column out with --ignore, or say with --category that it is one");
    }

    private string[]? Classes(int label)
    {
        if (table.Rows.FirstOrDefault(row => Table.IsMissing(row, label)) is { } gap)
            throw table.Bad(gap, label, $"the label is missing ('{gap.Fields[label]}')");
        string[] names = Sorted(table.Rows.Select(row => row.Fields[label]));
        bool isClass = options.IsClass ?? (!names.All(Table.IsNumber) || (names.Length <= MostNumberedClasses && names.All(name => long.TryParse(name, CultureInfo.InvariantCulture, out _))));
        if (!isClass)
        {
            _ = table.Rows.Sum(row => table.Number(row, label));
            return null;
        }

        if (names.Length > MostCategories || names.Length < 2)
            throw table.Bad(label, $"expected 2 to {MostCategories} classes to tell apart, found {names.Length}");
        return names;
    }

    /// <summary>Each text once, whole numbers in their order, others in ordinal order.</summary>
    private static string[] Sorted(IEnumerable<string> texts)
    {
        string[] distinct = [.. texts.Distinct().Order(StringComparer.Ordinal)];
        return distinct.All(text => long.TryParse(text, CultureInfo.InvariantCulture, out _)) ? [.. distinct.OrderBy(text => long.Parse(text, CultureInfo.InvariantCulture))] : distinct;
    }
}
