using System.Globalization;

namespace Toolkit.Samples.Tabular;

/// <summary>A value for each choice of a trainer.</summary>
internal sealed class Settings
{
    private readonly SortedDictionary<string, double> values = new(StringComparer.Ordinal);

    /// <summary>What the trainers do by themselves, except where a value is given.</summary>
    public Settings(IReadOnlyList<Choice> space, IReadOnlyDictionary<string, double>? given = null)
    {
        foreach (Choice choice in space)
            values[choice.Name] = choice.Values[0];
        foreach ((string name, double value) in given ?? new Dictionary<string, double>())
            values[name] = values.ContainsKey(name) ? value : throw new ArgumentException($"Expected one of {string.Join(", ", values.Keys)}, found \"{name}\".", nameof(given));
    }

    /// <summary>The same values in a space with more choices, which take what trainers do by themselves.</summary>
    public Settings Within(IReadOnlyList<Choice> space) => new(space, values);

    public double this[string name] => values[name];

    public int Count(string name) => (int)values[name];

    /// <summary>A count of which 0 says that the trainer decides.</summary>
    public int? CountOrOwn(string name) => values[name] == 0 ? null : Count(name);

    /// <summary>A value of which 0 says that the trainer decides.</summary>
    public double? ValueOrOwn(string name) => values[name] == 0 ? null : values[name];

    /// <summary>The same for trainers that take single precision.</summary>
    public float? FloatOrOwn(string name) => (float?)ValueOrOwn(name);

    public bool Is(string name) => values.TryGetValue(name, out double value) && value != 0;

    public Dictionary<string, double> ToDictionary() => new(values);

    public override string ToString() => string.Join(", ", values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Key} {v.Value}")));
}
