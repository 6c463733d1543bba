using System.Globalization;

namespace Toolkit.Modeling.Data;

/// <summary>Turns the records of a table into a data set.</summary>
internal sealed class CsvLoader
{
    private readonly string path;
    private readonly CsvOptions options;
    private readonly HashSet<string> marks;
    private readonly List<float> numbers = [];
    private readonly List<float> targets = [];
    private readonly List<float> weights = [];
    private readonly Dictionary<string, int> classes = new(StringComparer.Ordinal);
    private readonly List<int> found = [];
    private readonly List<int> gaps = [];
    private string[] headers = [];
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
        marks = new HashSet<string>(options.MissingMarks, StringComparer.Ordinal);
        foreach (string name in options.ClassNames ?? [])
        {
            if (!classes.TryAdd(name, classes.Count))
                throw new ArgumentException($"{nameof(CsvOptions)}.{nameof(CsvOptions.ClassNames)} has {Excerpt.Quoted(name)} twice.", nameof(options));
        }
    }

    public Dataset Load()
    {
        bool first = true;
        foreach (CsvRow row in CsvFile.Read(path, options))
        {
            if (first)
            {
                Begin(row);
                first = false;
                if (options.HasHeader)
                    continue;
            }

            if (row.Fields.Count != headers.Length)
            {
                throw new DataException(
                    $"'{path}', line {row.Line}: expected {headers.Length} fields as in the first line, found {row.Fields.Count}.");
            }

            Add(row);
        }

        if (rows == 0)
        {
            throw new DataException(
                first ? $"'{path}' is empty." : $"'{path}' has no rows to learn from{(options.HasHeader ? " after its header" : "")}.");
        }

        float[] features = [.. numbers];
        FillHoles(features);
        Dataset data = labelColumn < 0
            ? Dataset.FromTargets(features, [featureColumns.Length], [.. targets], [targetColumns.Length])
            : Labelled(features);
        return weightColumn < 0 ? data : data.WithWeights([.. weights]);
    }

    private Dataset Labelled(float[] features)
    {
        IReadOnlyList<string> names = options.ClassNames ?? SortedClasses();
        int[] labels = new int[names.Count];
        for (int i = 0; i < labels.Length; i++)
            labels[classes[names[i]]] = i;
        return Dataset.FromLabels(features, [featureColumns.Length], [.. found.Select(code => (long)labels[code])], names.Count, names);
    }

    private void Begin(CsvRow row)
    {
        headers = [.. row.Fields];
        if (!options.HasHeader)
        {
            for (int i = 0; i < headers.Length; i++)
                headers[i] = i.ToString(CultureInfo.InvariantCulture);
        }

        var used = new HashSet<int>();
        if (options.Label is { } label)
            used.Add(labelColumn = Find(label));
        targetColumns = [.. options.Targets.Select(Find)];
        used.UnionWith(targetColumns);
        if (options.Weight is { } weight && !used.Add(weightColumn = Find(weight)))
            throw new DataException($"'{path}': the column {weight} is both the weight and a label or target; expected a column of its own.");
        used.UnionWith(options.Ignore.Select(Find));
        featureColumns = [.. Enumerable.Range(0, headers.Length).Where(column => !used.Contains(column))];
        if (featureColumns.Length == 0)
            throw new DataException($"'{path}' has {headers.Length} columns, none of which is left as a feature.");
    }

    private int Find(CsvColumn column) => column.Find(headers, options.HasHeader, path);

    private void Add(CsvRow row)
    {
        if (options.Missing == MissingValues.SkipRow && HasHole(row))
            return;
        foreach (int column in featureColumns)
        {
            bool hole = marks.Contains(row.Fields[column]);
            if (hole && options.Missing == MissingValues.Refuse)
                throw Missing(row, column);
            if (hole)
                gaps.Add(numbers.Count);
            numbers.Add(hole ? 0f : Number(row, column));
        }

        foreach (int column in targetColumns)
            targets.Add(marks.Contains(row.Fields[column]) ? throw Missing(row, column) : Number(row, column));
        if (labelColumn >= 0)
            found.Add(Class(row));
        if (weightColumn >= 0)
            weights.Add(Weight(row));
        rows++;
    }

    private float Weight(CsvRow row)
    {
        if (marks.Contains(row.Fields[weightColumn]))
            throw Missing(row, weightColumn);
        float weight = Number(row, weightColumn);
        return weight >= 0 ? weight : throw Bad(row, weightColumn, $"expected a weight of at least 0, found {Excerpt.Quoted(row.Fields[weightColumn])}");
    }

    /// <summary>The number of the row's class: its place among the names that are given, or in the order of appearance.</summary>
    private int Class(CsvRow row)
    {
        string text = row.Fields[labelColumn];
        if (marks.Contains(text))
            throw Missing(row, labelColumn);
        if (classes.TryGetValue(text, out int code))
            return code;
        if (options.ClassNames is { } names)
            throw Bad(row, labelColumn, $"the class {Excerpt.Quoted(text)} is not among the class names {Excerpt.Quoted(names)}");
        classes.Add(text, classes.Count);
        return classes.Count - 1;
    }

    private bool HasHole(CsvRow row)
    {
        foreach (int column in featureColumns)
        {
            if (marks.Contains(row.Fields[column]))
                return true;
        }

        foreach (int column in targetColumns)
        {
            if (marks.Contains(row.Fields[column]))
                return true;
        }

        return (labelColumn >= 0 && marks.Contains(row.Fields[labelColumn])) || (weightColumn >= 0 && marks.Contains(row.Fields[weightColumn]));
    }

    private float Number(CsvRow row, int column)
    {
        string text = row.Fields[column];
        if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value))
            throw Bad(row, column, $"expected a number, found {Excerpt.Quoted(text)}");
        return float.IsFinite(value) ? value : throw Bad(row, column, $"expected a finite number within float32, found {Excerpt.Quoted(text)}");
    }

    private DataException Missing(CsvRow row, int column) =>
        Bad(row, column, $"the value is missing ({Excerpt.Quoted(row.Fields[column])}); CsvOptions.Missing says what to do about that");

    private DataException Bad(CsvRow row, int column, string what) =>
        new($"'{path}', line {row.Line}, column {(options.HasHeader ? Excerpt.Quoted(headers[column]) : headers[column])}: {what}.");

    /// <summary>Puts the mean of what is there in the place of what is missing: a row of weight w counts like w rows.</summary>
    private void FillHoles(float[] features)
    {
        if (gaps.Count == 0 || options.Missing != MissingValues.Mean)
            return;
        int columns = featureColumns.Length;
        double[] sums = new double[columns];
        double[] counts = new double[columns];
        var holes = new HashSet<int>(gaps);
        for (int i = 0; i < features.Length; i++)
        {
            if (holes.Contains(i))
                continue;
            double weight = weightColumn < 0 ? 1.0 : weights[i / columns];
            sums[i % columns] += weight * features[i];
            counts[i % columns] += weight;
        }

        foreach (int hole in gaps)
        {
            int column = hole % columns;
            if (counts[column] == 0)
            {
                throw new DataException(
                    $"'{path}', column {Excerpt.Quoted(headers[featureColumns[column]])}: every value is missing{(weightColumn < 0 ? "" : " or has the weight 0")}, so there is no mean to put in.");
            }

            features[hole] = (float)(sums[column] / counts[column]);
        }
    }

    private string[] SortedClasses()
    {
        bool numeric = classes.Keys.All(name => long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        IEnumerable<string> ordinal = classes.Keys.Order(StringComparer.Ordinal);
        return [.. numeric ? ordinal.OrderBy(name => long.Parse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)) : ordinal];
    }
}
