namespace Toolkit.Modeling.Data;

/// <summary>Turns the records of a table into examples of named fields.</summary>
internal sealed class CsvFieldLoader
{
    private readonly CsvOptions options;
    private readonly CsvCells cells;
    private readonly List<float>[] numbers;
    private readonly List<int>[] gaps;
    private readonly List<(string Text, long Line)>[] texts;
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
        texts = [.. options.Fields.Select(_ => new List<(string, long)>())];
    }

    public Dataset Load()
    {
        Read();
        return Dataset.Of([.. options.Fields.Select((field, f) => field.IsNumeric ? Numbers(f) : field.IsText ? Words(f) : Texts(f))]);
    }

    /// <summary>Reads the table and says what is to be known of its columns: the options with names and means, each column by its header, and the scaling of each field of numbers.</summary>
    public (CsvOptions Learned, IReadOnlyDictionary<string, FeatureScaling> Scalings) Learn()
    {
        Read();
        Dictionary<string, FeatureScaling> scalings = options.Fields.Index().Where(field => field.Item.IsNumeric && field.Item.Name != DataLayout.Weight).ToDictionary(
            field => field.Item.Name,
            field => GapMeans.Measured([.. numbers[field.Index]], places[field.Index].Length, gaps[field.Index], WeightOf, column => cells.NoMean(places[field.Index][column], HasWeight)),
            StringComparer.Ordinal);
        return (options with { Fields = [.. options.Fields.Select((field, f) => Learned(field, f, scalings))] }, scalings);
    }

    private CsvField Learned(CsvField field, int f, Dictionary<string, FeatureScaling> scalings)
    {
        CsvField named = field.At([.. places[f].Select(place => options.HasHeader ? new CsvColumn(cells.Headers[place]) : place)]);
        return field.IsNumeric ? scalings.TryGetValue(field.Name, out FeatureScaling? scaling) ? named with { Means = field.Means ?? scaling.Mean } : named
            : field.IsText ? named with { Names = field.Names ?? WordTable.Learn(texts[f].Select(cell => cell.Text), field.MostWords) }
            : named with { Names = NamesOf(f), TakesOthers = !field.IsLabel };
    }

    private void Read()
    {
        int rows = 0;
        foreach (CsvRecord row in cells.Rows(() => places = [.. options.Fields.Select(field => field.Columns.Select(cells.Find).ToArray())]))
        {
            if (options.Missing == MissingValues.SkipRow && places.Any(own => own.Any(place => cells.IsMissing(row, place))))
                continue;
            for (int f = 0; f < places.Length; f++)
                Add(row, f);
            rows++;
        }

        if (rows == 0)
            throw cells.NoRows();
    }

    private bool HasWeight => WeightField >= 0;

    private int WeightField => Enumerable.Range(0, options.Fields.Count).FirstOrDefault(i => options.Fields[i].Name == DataLayout.Weight, -1);

    private double WeightOf(int row) => WeightField is >= 0 and var weight ? numbers[weight][row] : 1.0;

    private void Add(CsvRecord row, int f)
    {
        CsvField field = options.Fields[f];
        foreach (int place in places[f])
        {
            bool missing = cells.IsMissing(row, place);
            if (missing && (options.Missing is MissingValues.Refuse or MissingValues.SkipRow || field.Required))
                throw cells.Missing(row, place);
            if (!field.IsNumeric)
            {
                texts[f].Add((missing ? "" : row[place].ToString(), row.Line));
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
            GapMeans.Fill(content, places[f].Length, gaps[f], field.Means, WeightOf, column => cells.NoMean(places[f][column], HasWeight));
        }

        return field.IsScalar ? Column.Of(field.Name, content) : Column.Of(field.Name, content, field.Columns.Count);
    }

    private string[] NamesOf(int f) => options.Fields[f].Names is { } given ? [.. given] : CsvCells.Sorted(texts[f].Select(cell => cell.Text).ToHashSet(StringComparer.Ordinal));

    private Column Words(int f)
    {
        CsvField field = options.Fields[f];
        var table = new WordTable(field.Names ?? WordTable.Learn(texts[f].Select(cell => cell.Text), field.MostWords));
        return Column.Ragged(field.Name, field.WordAxis, [.. texts[f].Select(cell => table.Read(cell.Text))]).Named(table.Words);
    }

    private Column Texts(int f)
    {
        CsvField field = options.Fields[f];
        string[] names = NamesOf(f);
        var numberOf = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!numberOf.TryAdd(name, numberOf.Count))
                throw new ArgumentException($"Expected distinct names of the field \"{field.Name}\", found {Excerpt.Quoted(name)} twice.", nameof(f));
        }

        long[] content = [.. texts[f].Select(cell => numberOf.TryGetValue(cell.Text, out long number) ? number
            : field.TakesOthers && !field.IsLabel ? names.Length
            : throw cells.Bad(cell.Line, places[f][0], $"{Excerpt.Quoted(cell.Text)} is not among the names of \"{field.Name}\": {Excerpt.Quoted(names)}"))];
        Column column = field.IsLabel ? Column.Labels(field.Name, content, names.Length) : Column.Of(field.Name, content);
        return column.Named(names);
    }
}
