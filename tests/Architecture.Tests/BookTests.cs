using System.Text.RegularExpressions;

namespace Toolkit.Architecture.Tests;

/// <summary>The table of docs/book.md says the truth.</summary>
public sealed partial class BookTests
{
    [Fact]
    public void Every_link_of_the_book_table_resolves_to_what_it_names()
    {
        string folder = Path.Combine(Repository.Root, "docs");
        MatchCollection links = Link().Matches(File.ReadAllText(Path.Combine(folder, "book.md")));
        Assert.True(links.Count > 100, $"Expected the whole table, found {links.Count} links.");
        var wrong = new List<string>();
        foreach (Match link in links)
        {
            (string name, string file) = (link.Groups[1].Value, Path.GetFullPath(Path.Combine(folder, link.Groups[2].Value)));
            if (!File.Exists(file))
                wrong.Add($"{link.Value}: there is no such file.");
            else if (!Regex.IsMatch(File.ReadAllText(file), $@"\b(class|record|enum|interface|void|Theory|double|Gaussian|Variable|double\[\])\s+{Regex.Escape(name)}\b"))
                wrong.Add($"{link.Value}: the file does not declare {name}.");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_row_names_a_type_and_a_test()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "book.md")).Where(l => l.StartsWith("| ", StringComparison.Ordinal))];
        foreach (string row in rows.Where(r => !Other().IsMatch(r)))
        {
            string[] cells = row.Split(" | ");
            Assert.True(cells.Length == 4, row);
            Assert.Contains("](../", cells[2], StringComparison.Ordinal);
            Assert.Contains("](../tests/", cells[3], StringComparison.Ordinal);
        }
    }

    /// <summary>Heads, and the rows of <see cref="IdentityTests"/>.</summary>
    [GeneratedRegex(@"^\| (where|---|identity|A[1-6]\.)")]
    private static partial Regex Other();

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)]+)\)")]
    private static partial Regex Link();
}
