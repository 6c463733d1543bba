using System.CommandLine;

namespace Toolkit.Tool.Scoring;

/// <summary>What only the user knows of the data that a model is to read.</summary>
/// <param name="Separator">The character between the fields of a table; null for what its name says.</param>
/// <param name="Label">The column of the label, for a model of another program; null for the last where one is needed.</param>
/// <param name="Ignored">The columns to pass over, for a model of another program.</param>
/// <param name="Labels">The file of the labels of images.</param>
internal sealed record DataOptions(char? Separator, string? Label, IReadOnlyList<string> Ignored, string? Labels)
{
    public static Option<char?> SeparatorOption() => new("--separator") { Description = "The character between the fields of a table; default: a tab in .tsv files, a comma in others." };
}
