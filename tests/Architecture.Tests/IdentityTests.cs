using System.Text.RegularExpressions;

namespace Toolkit.Architecture.Tests;

/// <summary>Every exact identity of docs/book.md is proved by tests that say so.</summary>
public sealed partial class IdentityTests
{
    /// <summary>How many identities each group has: A1.1 to A1.10, and so on.</summary>
    private static readonly (int Group, int Count)[] Groups = [(1, 10), (2, 9), (3, 11), (4, 7), (5, 8), (6, 8)];

    private static readonly string[] Identities = [.. Groups.SelectMany(g => Enumerable.Range(1, g.Count).Select(i => $"A{g.Group}.{i}"))];

    [Fact]
    public void Every_identity_has_one_row()
    {
        IEnumerable<string> rows = Rows().Select(row => row.Id);
        Assert.Equal(Identities, rows);
    }

    /// <summary>The comment of a test that proves an identity begins with its number or names it, so that either is found from the other.</summary>
    [Fact]
    public void Every_test_of_an_identity_exists_and_names_it()
    {
        var wrong = new List<string>();
        foreach ((string id, (string Name, string File)[] tests) in Rows())
        {
            if (tests.Length == 0)
                wrong.Add($"{id}: no test.");
            foreach ((string name, string file) in tests)
            {
                if (!File.Exists(file) || CommentOf(File.ReadAllText(file), name) is not { } comment)
                    wrong.Add($"{id}: there is no test {name} in {file}.");
                else if (!Regex.IsMatch(comment, $@"\b{Regex.Escape(id)}\b"))
                    wrong.Add($"{id}: the comment of {name} does not name it.");
            }
        }

        Assert.Empty(wrong);
    }

    /// <summary>And the other way round: a test that names an identity in its comment is in its row.</summary>
    [Fact]
    public void Every_test_that_names_an_identity_is_in_its_row()
    {
        var listed = Rows().SelectMany(row => row.Tests.Select(test => (row.Id, test.Name))).ToHashSet();
        var missing = new List<string>();
        foreach (string file in Repository.Sources("tests").Where(f => !f.EndsWith($"{nameof(IdentityTests)}.cs", StringComparison.Ordinal)))
        {
            foreach (Match test in Test().Matches(File.ReadAllText(file)))
            {
                foreach (Match id in Id().Matches(test.Groups["comment"].Value))
                {
                    if (!listed.Contains((id.Value, test.Groups["name"].Value)))
                        missing.Add($"{id.Value}: {test.Groups["name"].Value} in {Path.GetFileName(file)}");
                }
            }
        }

        Assert.Empty(missing);
    }

    private static IEnumerable<(string Id, (string Name, string File)[] Tests)> Rows()
    {
        string folder = Path.Combine(Repository.Root, "docs");
        foreach (string line in File.ReadLines(Path.Combine(folder, "book.md")))
        {
            if (Row().Match(line) is { Success: true } row)
            {
                yield return (
                    row.Groups[1].Value,
                    [.. Link().Matches(line).Select(link => (link.Groups[1].Value, Path.GetFullPath(Path.Combine(folder, link.Groups[2].Value))))]);
            }
        }
    }

    private static string? CommentOf(string source, string test) =>
        Test().Matches(source).FirstOrDefault(match => match.Groups["name"].Value == test)?.Groups["comment"].Value;

    [GeneratedRegex(@"^\| (A[1-6]\.\d+) \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"\[([^\]]+)\]\((\.\./tests/[^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bA[1-6]\.\d+\b")]
    private static partial Regex Id();

    /// <summary>A test method with the comment before it.</summary>
    [GeneratedRegex(@"(?<comment>(^[ \t]*///[^\n]*\n)*)([ \t]*\[(Fact|Theory|InlineData|MemberData)[^\n]*\n)+[ \t]*public (async )?(void|Task) (?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Test();
}
