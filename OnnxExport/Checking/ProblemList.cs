using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>The problems found so far: the first ones in full, of the others the number. A hostile file has room for a million.</summary>
internal sealed class ProblemList
{
    /// <summary>The most problems that are listed.</summary>
    public const int Listed = 1000;

    private const int LongestText = 600;

    private readonly List<ModelProblem> listed = [];
    private long errors;
    private long warnings;

    /// <summary>How many were found, with those that are not listed.</summary>
    public long Count => listed.Count + errors + warnings;

    /// <summary>Whether the next one is listed, so that its text is needed.</summary>
    public bool HasRoom => listed.Count < Listed;

    public void Add(CheckRule rule, string location, string message, ProblemSeverity severity)
    {
        if (HasRoom)
        {
            listed.Add(new ModelProblem(rule, Excerpt.Of(location, LongestText), Excerpt.Of(message, LongestText), severity));
        }
        else
        {
            (errors, warnings) = severity == ProblemSeverity.Error ? (errors + 1, warnings) : (errors, warnings + 1);
        }
    }

    /// <summary>The problems, at the end one that counts those that are not listed.</summary>
    public IReadOnlyList<ModelProblem> ToList() => errors + warnings == 0
        ? listed
        : [.. listed, new ModelProblem(
            CheckRule.Model,
            string.Empty,
            $"{errors} more errors and {warnings} more warnings are not listed.",
            errors > 0 ? ProblemSeverity.Error : ProblemSeverity.Warning)];
}

/// <summary>The text of a problem: names in it are cut, and it is not written at all where nobody will read it.</summary>
[InterpolatedStringHandler]
internal readonly ref struct ProblemText
{
    private readonly StringBuilder? text;

    public ProblemText(int literalLength, int formattedCount, CheckContext context, out bool isNeeded)
    {
        isNeeded = context.Problems.HasRoom;
        text = isNeeded ? new StringBuilder(literalLength + (16 * formattedCount)) : null;
    }

    public void AppendLiteral(string literal) => text!.Append(literal);

    public void AppendFormatted(string name) => text!.Append(Excerpt.Of(name));

    public void AppendFormatted<T>(T value) => AppendFormatted(string.Create(CultureInfo.InvariantCulture, $"{value}"));

    public override string ToString() => text?.ToString() ?? string.Empty;
}
