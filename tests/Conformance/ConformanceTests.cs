using System.Globalization;
using Toolkit.Autograd.Tests;

namespace Toolkit.Conformance;

/// <summary>The tool tells right from wrong, and what it counts on the cases of the standard does not go back.</summary>
public sealed class ConformanceTests
{
    private static string Shared => Path.Combine(Root(), "..", "shared", "onnx", "backend-tests");

    [Fact]
    public void Both_engines_pass_what_is_right_and_fail_what_is_wrong()
    {
        using var folder = new TemporaryFolder();
        OwnCases.Write(folder.Path);
        SuiteResult result = SuiteResult.Of(new Settings(folder.Path) { Gradients = true });

        Assert.Equal(12, result.Cases.Count);
        Assert.All(result.Cases.Where(found => found.Case.Suite == "right"), found => Assert.True(found is { Native: null, Runtime: null }, $"{found.Case.Name}: {found.Native} {found.Runtime}"));
        Assert.All(result.Cases.Where(found => found.Case.Suite == "wrong"), found => Assert.True(found is { Native: not null, Runtime: not null }, found.Case.Name));
        Assert.Equal("not expressible: missing operator NoSuchOperator", result.Cases.Single(found => found.Case.Name == "test_operator").Native);

        GradientOutcome[] gradients = [.. result.Cases.Select(found => found.Gradient).OfType<GradientOutcome>()];
        Assert.All(gradients, outcome => Assert.Null(outcome.Failure));
        Assert.True(gradients.Sum(outcome => outcome.Compared) > 30);
    }

    [Fact]
    public void The_report_ends_with_the_sums_and_the_failures_name_case_and_reason()
    {
        using var folder = new TemporaryFolder();
        OwnCases.Write(folder.Path);
        SuiteResult result = SuiteResult.Of(new Settings(folder.Path) { Runtime = false });
        using var report = new StringWriter();
        Report.Write(result, report);

        string[] lines = report.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.Equal("RESULT native=7/12 ort=-", lines[^1]);
        Assert.Contains("| wrong | 0/5 | - |", lines);
        Assert.Contains("| Add | 1/3 | - |", lines);
        Assert.Contains("| missing operator NoSuchOperator | 1 |", lines);
        Assert.Contains("native\tmissing operator NoSuchOperator\tNoSuchOperator\t17\twrong\ttest_operator\tnot expressible: missing operator NoSuchOperator", Report.Failures(result));
        Assert.Equal(6, Report.Failures(result).Count());
    }

    [Theory]
    [InlineData("--engine")]
    [InlineData("--engine", "other")]
    [InlineData("--failures")]
    [InlineData("--gradient")]
    public void A_wrong_command_line_is_refused(params string[] switches)
    {
        Assert.Null(Settings.Of([".", .. switches], out string error));
        Assert.StartsWith("Expected DIR", error, StringComparison.Ordinal);
    }

    /// <summary>The cases written here, and those of the standard that lie in shared/onnx/backend-tests beside the repository.</summary>
    public static TheoryData<string> Sources => Directory.Exists(Shared) ? ["written", "shared"] : ["written"];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Our_engine_passes_at_least_as_many_cases_as_before(string source)
    {
        using var folder = new TemporaryFolder();
        if (source == "written")
            OwnCases.Write(folder.Path);
        SuiteResult result = SuiteResult.Of(new Settings(source == "written" ? folder.Path : Shared) { Runtime = false });
        string[] before = source == "written" ? ["Add 1/3", "Greater 1/1", "MatMul 1/1", "Mul 1/1"] : File.ReadAllLines(Path.Combine(Root(), "tests", "Conformance", "passed.txt"));
        Dictionary<string, int> now = Counts(Report.Passed(result));
        Assert.All(Counts(before), operation =>
            Assert.True(now.GetValueOrDefault(operation.Key) >= operation.Value, $"Expected at least {operation.Value} cases with {operation.Key} to pass, found {now.GetValueOrDefault(operation.Key)}."));
    }

    /// <summary>How many cases passed, by operator.</summary>
    private static Dictionary<string, int> Counts(IEnumerable<string> lines) =>
        lines.Select(line => line.Split(' ', '/')).ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>The root of the repository.</summary>
    internal static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests must run inside the repository: Toolkit.sln was not found.");
    }
}
