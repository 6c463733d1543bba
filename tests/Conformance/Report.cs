using System.Text.RegularExpressions;

namespace Toolkit.Conformance;

/// <summary>Tables of what passed, and a line for each failure.</summary>
internal static partial class Report
{
    private const string NotRun = "-";
    private const string Missing = "not expressible: missing operator";
    private const string Numbers = "mismatch: numbers";
    private const int Longest = 150;

    /// <summary>Prints suites, operators, reasons and gradients; the last line is the sum.</summary>
    public static void Write(SuiteResult result, TextWriter to)
    {
        (Settings settings, IReadOnlyList<CaseResult> cases) = result;
        Table(to, "suite", settings, cases.GroupBy(found => found.Case.Suite, StringComparer.Ordinal));
        Table(to, "operator", settings, cases
            .SelectMany(found => found.Operators.Select(name => (name, found)))
            .GroupBy(pair => pair.name, pair => pair.found, StringComparer.Ordinal));
        if (settings.Native)
            Reasons(to, "native", cases.Select(found => found.Native));
        if (settings.Runtime)
            Reasons(to, "ort", cases.Select(found => found.Runtime));
        if (settings.Gradients)
            Gradients(to, cases);
        to.WriteLine($"RESULT native={Sum(settings.Native, result.NativePassed, cases.Count)} ort={Sum(settings.Runtime, result.RuntimePassed, cases.Count)}");
    }

    /// <summary>A line for each operator: its name, and how many of the cases with it our engine passed.</summary>
    public static IEnumerable<string> Passed(SuiteResult result) => result.Cases
        .SelectMany(found => found.Operators.Select(name => (name, found)))
        .GroupBy(pair => pair.name, pair => pair.found, StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Key} {group.Count(found => found.Native is null)}/{group.Count()}");

    /// <summary>A line for each failure: engine, reason in short, operators, opset, suite, case, reason; separated by tabs and sorted by reason.</summary>
    public static IEnumerable<string> Failures(SuiteResult result)
    {
        var lines = new List<string>();
        foreach (CaseResult found in result.Cases)
        {
            Add("native", found, found.Native);
            Add("ort", found, found.Runtime);
            Add("gradient", found, found.Gradient?.Failure);
        }

        lines.Sort(StringComparer.Ordinal);
        return lines.Prepend("engine\tkind\toperators\topset\tsuite\tcase\treason");

        void Add(string engine, CaseResult found, string? reason)
        {
            if (reason is not null)
                lines.Add($"{engine}\t{Kind(reason)}\t{string.Join('+', found.Operators)}\t{found.Opset}\t{found.Case.Suite}\t{found.Case.Name}\t{reason}");
        }
    }

    private static void Table(TextWriter to, string what, Settings settings, IEnumerable<IGrouping<string, CaseResult>> groups)
    {
        to.WriteLine($"| {what} | native | ort |\n|---|---|---|");
        foreach (IGrouping<string, CaseResult> group in groups.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            int total = group.Count();
            to.WriteLine($"| {group.Key} | {Sum(settings.Native, group.Count(found => found.Native is null), total)} | "
                + $"{Sum(settings.Runtime, group.Count(found => found.Runtime is null), total)} |");
        }

        to.WriteLine();
    }

    private static void Reasons(TextWriter to, string engine, IEnumerable<string?> reasons)
    {
        to.WriteLine($"| why {engine} failed | cases |\n|---|---|");
        foreach (IGrouping<string, string> group in reasons.OfType<string>().GroupBy(Kind, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal))
            to.WriteLine($"| {group.Key} | {group.Count()} |");
        to.WriteLine();
    }

    private static void Gradients(TextWriter to, IReadOnlyList<CaseResult> cases)
    {
        GradientOutcome[] outcomes = [.. cases.Select(found => found.Gradient).OfType<GradientOutcome>()];
        Reasons(to, "gradients", outcomes.Select(outcome => outcome.Failure));
        to.WriteLine($"GRADIENTS passed={outcomes.Count(outcome => outcome.Failure is null)}/{outcomes.Length} derivatives={outcomes.Sum(outcome => outcome.Compared)} "
            + $"kinks={outcomes.Sum(outcome => outcome.Kinks)}");
    }

    private static string Sum(bool isRun, int passed, int total) => isRun ? $"{passed}/{total}" : NotRun;

    /// <summary>A reason without what belongs to the case alone: names, numbers and shapes.</summary>
    private static string Kind(string reason)
    {
        string kind = reason.StartsWith(Missing, StringComparison.Ordinal) ? reason["not expressible: ".Length..]
            : reason.StartsWith(Numbers, StringComparison.Ordinal) ? Numbers
            : Own().Replace(reason, "…");
        return kind.Length <= Longest ? kind : kind[..Longest];
    }

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|\\[[^\\]]*\\]|-?[0-9][0-9.E+-]*", RegexOptions.ExplicitCapture)]
    private static partial Regex Own();
}
