namespace Toolkit.Tool.Data;

/// <summary>What a table is to be read as.</summary>
internal sealed record TableOptions
{
    /// <summary>The column to predict; null for the last.</summary>
    public string? Label { get; init; }

    /// <summary>Whether the label is a class; null for: texts are, and so are up to twenty different whole numbers.</summary>
    public bool? IsClass { get; init; }

    /// <summary>Columns to pass over.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Columns that are categories though they look like numbers.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];
}
