using System.Globalization;

namespace Toolkit.Modeling.Data;

/// <summary>Turns the records of a table into a data set.</summary>
internal sealed class CsvLoader
{
    private readonly string _path;
    private readonly CsvOptions _options;
    private readonly HashSet<string> _missing;
    private readonly List<float> _features = [];
    private readonly List<float> _targets = [];
    private readonly List<(long Line, string Text)> _labels = [];
    private readonly List<int> _holes = [];
    private string[] _headers = [];
    private int _label = -1;
    private int[] _targetColumns = [];
    private int[] _featureColumns = [];
    private int _rows;

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

        _path = path;
        _options = options;
        _missing = new HashSet<string>(options.MissingMarks, StringComparer.Ordinal);
    }

    public Dataset Load()
    {
        bool first = true;
        foreach (CsvRow row in CsvFile.Read(_path, _options))
        {
            if (first)
            {
                Begin(row);
                first = false;
                if (_options.HasHeader)
                    continue;
            }

            if (row.Fields.Count != _headers.Length)
            {
                throw new InvalidDataException(
                    $"'{_path}', line {row.Line}: expected {_headers.Length} fields as in the first line, found {row.Fields.Count}.");
            }

            Add(row);
        }

        if (_rows == 0)
        {
            throw new InvalidDataException(
                first ? $"'{_path}' is empty." : $"'{_path}' has no rows to learn from{(_options.HasHeader ? " after its header" : "")}.");
        }

        float[] features = [.. _features];
        FillHoles(features);
        if (_label < 0)
            return Dataset.FromTargets(features, [_featureColumns.Length], [.. _targets], [_targetColumns.Length]);
        IReadOnlyList<string> names = _options.ClassNames ?? FindClasses();
        return Dataset.FromLabels(features, [_featureColumns.Length], ToLabels(names), names.Count, names);
    }

    private void Begin(CsvRow row)
    {
        _headers = [.. row.Fields];
        if (!_options.HasHeader)
        {
            for (int i = 0; i < _headers.Length; i++)
                _headers[i] = i.ToString(CultureInfo.InvariantCulture);
        }

        var used = new HashSet<int>();
        if (_options.Label is { } label)
            used.Add(_label = Find(label));
        _targetColumns = [.. _options.Targets.Select(Find)];
        used.UnionWith(_targetColumns);
        used.UnionWith(_options.Ignore.Select(Find));
        _featureColumns = [.. Enumerable.Range(0, _headers.Length).Where(column => !used.Contains(column))];
        if (_featureColumns.Length == 0)
            throw new InvalidDataException($"'{_path}' has {_headers.Length} columns, none of which is left as a feature.");
    }

    private int Find(CsvColumn column) => column.Find(_headers, _options.HasHeader, _path);

    private void Add(CsvRow row)
    {
        if (_options.Missing == MissingValues.SkipRow && HasHole(row))
            return;
        foreach (int column in _featureColumns)
        {
            bool hole = _missing.Contains(row.Fields[column]);
            if (hole && _options.Missing == MissingValues.Refuse)
                throw Missing(row, column);
            if (hole)
                _holes.Add(_features.Count);
            _features.Add(hole ? 0f : Number(row, column));
        }

        foreach (int column in _targetColumns)
            _targets.Add(_missing.Contains(row.Fields[column]) ? throw Missing(row, column) : Number(row, column));
        if (_label >= 0)
            _labels.Add((row.Line, _missing.Contains(row.Fields[_label]) ? throw Missing(row, _label) : row.Fields[_label]));
        _rows++;
    }

    private bool HasHole(CsvRow row)
    {
        foreach (int column in _featureColumns)
        {
            if (_missing.Contains(row.Fields[column]))
                return true;
        }

        foreach (int column in _targetColumns)
        {
            if (_missing.Contains(row.Fields[column]))
                return true;
        }

        return _label >= 0 && _missing.Contains(row.Fields[_label]);
    }

    private float Number(CsvRow row, int column)
    {
        string text = row.Fields[column];
        if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value))
            throw Bad(row, column, $"expected a number, found '{text}'");
        return float.IsFinite(value) ? value : throw Bad(row, column, $"expected a finite number within float32, found '{text}'");
    }

    private InvalidDataException Missing(CsvRow row, int column) =>
        Bad(row, column, $"the value is missing ('{row.Fields[column]}'); CsvOptions.Missing says what to do about that");

    private InvalidDataException Bad(CsvRow row, int column, string what) =>
        new($"'{_path}', line {row.Line}, column {(_options.HasHeader ? $"'{_headers[column]}'" : _headers[column])}: {what}.");

    private void FillHoles(float[] features)
    {
        if (_holes.Count == 0 || _options.Missing != MissingValues.Mean)
            return;
        int columns = _featureColumns.Length;
        double[] sums = new double[columns];
        int[] counts = new int[columns];
        var holes = new HashSet<int>(_holes);
        for (int i = 0; i < features.Length; i++)
        {
            if (holes.Contains(i))
                continue;
            sums[i % columns] += features[i];
            counts[i % columns]++;
        }

        foreach (int hole in _holes)
        {
            int column = hole % columns;
            if (counts[column] == 0)
            {
                throw new InvalidDataException(
                    $"'{_path}', column '{_headers[_featureColumns[column]]}': every value is missing, so there is no mean to put in.");
            }

            features[hole] = (float)(sums[column] / counts[column]);
        }
    }

    private string[] FindClasses()
    {
        string[] names = [.. _labels.Select(label => label.Text).Distinct(StringComparer.Ordinal)];
        bool numeric = names.All(name => long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        if (numeric)
            Array.Sort(names, (a, b) => Whole(a).CompareTo(Whole(b)));
        else
            Array.Sort(names, StringComparer.Ordinal);
        return names;

        static long Whole(string name) => long.Parse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    private long[] ToLabels(IReadOnlyList<string> names)
    {
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
        {
            if (!numbers.TryAdd(names[i], i))
                throw new ArgumentException($"CsvOptions.ClassNames has '{names[i]}' twice.");
        }

        long[] labels = new long[_labels.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            (long line, string text) = _labels[i];
            if (!numbers.TryGetValue(text, out labels[i]))
            {
                throw new InvalidDataException(
                    $"'{_path}', line {line}: the class '{text}' is not among the class names '{string.Join("', '", names)}'.");
            }
        }

        return labels;
    }
}
