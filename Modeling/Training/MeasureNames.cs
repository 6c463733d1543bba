namespace Toolkit.Modeling.Training;

/// <summary>Names of measures are the same whether they are typed with spaces or underscores, in upper or lower case: "mean absolute error" is "mean_absolute_error".</summary>
internal sealed class MeasureNames : IEqualityComparer<string>
{
    public static MeasureNames Comparer { get; } = new();

    public bool Equals(string? x, string? y) => x is null ? y is null : y is not null && string.Equals(Plain(x), Plain(y), StringComparison.OrdinalIgnoreCase);

    public int GetHashCode(string obj) => StringComparer.OrdinalIgnoreCase.GetHashCode(Plain(obj));

    private static string Plain(string name) => name.Replace('_', ' ');
}
