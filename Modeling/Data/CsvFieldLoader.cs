namespace Toolkit.Modeling.Data;

/// <summary>Turns the records of a table into examples of named fields.</summary>
internal sealed class CsvFieldLoader
{
    private readonly CsvOptions options;
    private readonly CsvCells cells;
    private readonly List<float>[] numbers;
    private readonly List<int>[] gaps;
    private readonly List<(string Text, CsvRow Row)>[] texts;
    private int[][] places = [];

    public CsvFieldLoader(string path, CsvOptions options)
    {
        if (options.Label is not null || options.Targets.Count > 0 || options.Weight is not null || options.ClassNames is not null || options.Ignore.Count > 0)
        {
            throw new ArgumentException(
                $"Expected {nameof(CsvOptions.Fields)} alone, found {nameof(CsvOptions.Label)}, {nameof(CsvOptions.Targets)}, {nameof(CsvOptions.Weight)}, {nameof(CsvOptions.ClassNames)} or " +
                $"{nameof(CsvOptions.Ignore)} beside them: a field has a name, and columns that no field reads are passed over.", nameof(options));
        }

        this.options = options;
        cells = new CsvCells(path, options);
        numbers = [.. options.Fields.Select(_ => new List<float>())];
        gaps = [.. options.Fields.Select(_ => new List<int>())];
        texts = [.. options.Fields.Select(_ => new List<(string, CsvRow)>())];
    }

    public Dataset Load()
    {
        int rows = 0;
        foreach (CsvRow row in cells.Rows(() => places = [.. options.Fields.Select(field => field.Columns.Select(cells.Find).ToArray())]))
        {
            if (options.Missing == MissingValues.SkipRow && places.Any(own => own.Any(place => cells.IsMissing(row, place))))
                continue;
            for (int f = 0; f < places.Length; f++)
                Add(row, f);
            rows++;
        }

        return rows == 0 ? throw cells.NoRows() : Dataset.Of([.. options.Fields.Select((field, f) => field.IsNumeric ? Numbers(f) : Texts(f))]);
    }

    private void Add(CsvRow row, int f)
    {
        CsvField field = options.Fields[f];
        foreach (int place in places[f])
        {
            bool missing = cells.IsMissing(row, place);
            if (missing && (options.Missing is MissingValues.Refuse or MissingValues.SkipRow || field.Required))
                throw cells.Missing(row, place);
            if (!field.IsNumeric)
            {
                texts[f].Add((missing ? "" : row.Fields[place], row));
                continue;
            }

            if (missing)
                gaps[f].Add(numbers[f].Count);
            numbers[f].Add(field.Name == DataLayout.Weight ? cells.Weight(row, place) : missing ? 0f : cells.Number(row, place));
        }
    }

    private Column Numbers(int f)
    {
        CsvField field = options.Fields[f];
        float[] content = [.. numbers[f]];
        if (options.Missing == MissingValues.Mean)
        {
            int weight = Enumerable.Range(0, options.Fields.Count).FirstOrDefault(i => options.Fields[i].Name == DataLayout.Weight, -1);
            GapMeans.Fill(
                content, places[f].Length, gaps[f], field.Means, row => weight < 0 ? 1.0 : numbers[weight][row], column => cells.NoMean(places[f][column], weight >= 0));
        }

        return field.IsScalar ? Column.Of(field.Name, content) : Column.Of(field.Name, content, field.Columns.Count);
    }

    private Column Texts(int f)
    {
        CsvField field = options.Fields[f];
        string[] names = field.Names is { } given ? [.. given] : CsvCells.Sorted(texts[f].Select(cell => cell.Text).ToHashSet(StringComparer.Ordinal));
        var numberOf = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!numberOf.TryAdd(name, numberOf.Count))
                throw new ArgumentException($"Expected distinct names of the field \"{field.Name}\", found {Excerpt.Quoted(name)} twice.", nameof(f));
        }

        long[] content = [.. texts[f].Select(cell => numberOf.TryGetValue(cell.Text, out long number) ? number
            : field.TakesOthers && !field.IsLabel ? names.Length
            : throw cells.Bad(cell.Row, places[f][0], $"{Excerpt.Quoted(cell.Text)} is not among the names of \"{field.Name}\": {Excerpt.Quoted(names)}"))];
        Column column = field.IsLabel ? Column.Labels(field.Name, content, names.Length) : Column.Of(field.Name, content);
        return column.Named(names);
    }
}
