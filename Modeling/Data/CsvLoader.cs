namespace Toolkit.Modeling.Data;

/// <summary>Turns the records of a table into a data set.</summary>
internal sealed class CsvLoader
{
    private readonly string path;
    private readonly CsvOptions options;
    private readonly CsvCells cells;
    private readonly List<float> numbers = [];
    private readonly List<float> targets = [];
    private readonly List<float> weights = [];
    private readonly Dictionary<string, int> classes = new(StringComparer.Ordinal);
    private readonly List<int> found = [];
    private readonly List<int> gaps = [];
    private int labelColumn = -1;
    private int weightColumn = -1;
    private int[] targetColumns = [];
    private int[] featureColumns = [];
    private int rows;

    public CsvLoader(string path, CsvOptions options)
    {
        if (options.Label is null == (options.Targets.Count == 0))
        {
            throw new ArgumentException(
                options.Label is null
                    ? "The options name neither a Label column nor Targets; one of them is needed."
                    : "The options name both a Label column and Targets; only one of them is possible.",
                nameof(options));
        }

        this.path = path;
        this.options = options;
        cells = new CsvCells(path, options);
        foreach (string name in options.ClassNames ?? [])
        {
            if (!classes.TryAdd(name, classes.Count))
                throw new ArgumentException($"{nameof(CsvOptions)}.{nameof(CsvOptions.ClassNames)} has {Excerpt.Quoted(name)} twice.", nameof(options));
        }
    }

    public Dataset Load()
    {
        foreach (CsvRecord row in cells.Rows(Begin))
            Add(row);
        if (rows == 0)
            throw cells.NoRows();
        float[] features = [.. numbers];
        if (options.Missing == MissingValues.Mean)
        {
            GapMeans.Fill(
                features, featureColumns.Length, gaps, options.Means, row => weightColumn < 0 ? 1.0 : weights[row], column => cells.NoMean(featureColumns[column], weightColumn >= 0));
        }

        Dataset data = labelColumn < 0
            ? Dataset.FromTargets(features, [featureColumns.Length], [.. targets], [targetColumns.Length])
            : Labelled(features);
        return weightColumn < 0 ? data : data.WithWeights([.. weights]);
    }

    private Dataset Labelled(float[] features)
    {
        IReadOnlyList<string> names = options.ClassNames ?? CsvCells.Sorted(classes.Keys);
        int[] labels = new int[names.Count];
        for (int i = 0; i < labels.Length; i++)
            labels[classes[names[i]]] = i;
        return Dataset.FromLabels(features, [featureColumns.Length], [.. found.Select(code => (long)labels[code])], names.Count, names);
    }

    private void Begin()
    {
        var used = new HashSet<int>();
        if (options.Label is { } label)
            used.Add(labelColumn = cells.Find(label));
        targetColumns = [.. options.Targets.Select(cells.Find)];
        used.UnionWith(targetColumns);
        if (options.Weight is { } weight && !used.Add(weightColumn = cells.Find(weight)))
            throw new DataException($"'{path}': the column {weight} is both the weight and a label or target; expected a column of its own.");
        used.UnionWith(options.Ignore.Select(cells.Find));
        featureColumns = [.. Enumerable.Range(0, cells.Headers.Length).Where(column => !used.Contains(column))];
        if (featureColumns.Length == 0)
            throw new DataException($"'{path}' has {cells.Headers.Length} columns, none of which is left as a feature.{cells.OtherSeparator()}");
    }

    private void Add(CsvRecord row)
    {
        if (options.Missing == MissingValues.SkipRow && HasHole(row))
            return;
        foreach (int column in featureColumns)
        {
            bool hole = cells.IsMissing(row, column);
            if (hole && options.Missing == MissingValues.Refuse)
                throw cells.Missing(row, column);
            if (hole)
                gaps.Add(numbers.Count);
            numbers.Add(hole ? 0f : cells.Number(row, column, "; pass over a column of texts with CsvOptions.Ignore, or read it as a category with CsvOptions.Fields"));
        }

        foreach (int column in targetColumns)
            targets.Add(cells.IsMissing(row, column) ? throw cells.Missing(row, column) : cells.Number(row, column));
        if (labelColumn >= 0)
            found.Add(Class(row));
        if (weightColumn >= 0)
            weights.Add(cells.Weight(row, weightColumn));
        rows++;
    }

    /// <summary>The number of the row's class: its place among the names that are given, or in the order of appearance.</summary>
    private int Class(CsvRecord row)
    {
        if (cells.IsMissing(row, labelColumn))
            throw cells.Missing(row, labelColumn);
        if (classes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(row[labelColumn], out int code))
            return code;
        string text = row[labelColumn].ToString();
        if (options.ClassNames is { } names)
            throw cells.Bad(row.Line, labelColumn, $"the class {Excerpt.Quoted(text)} is not among the class names {Excerpt.Quoted(names)}");
        classes.Add(text, classes.Count);
        return classes.Count - 1;
    }

    private bool HasHole(CsvRecord row)
    {
        foreach (int column in featureColumns)
        {
            if (cells.IsMissing(row, column))
                return true;
        }

        foreach (int column in targetColumns)
        {
            if (cells.IsMissing(row, column))
                return true;
        }

        return (labelColumn >= 0 && cells.IsMissing(row, labelColumn)) || (weightColumn >= 0 && cells.IsMissing(row, weightColumn));
    }
}
