using System.Globalization;
using System.Text.RegularExpressions;

namespace Toolkit.Architecture.Tests;

/// <summary>The tables of docs/book.md say the truth, and leave nothing out.</summary>
public sealed partial class BookTests
{
    private const string Head = "| where | what | type | test |";

    private static readonly string Folder = Path.Combine(Repository.Root, "docs");

    private static readonly string[] Sections =
    [
        "6.2.2.4", "6.3", "6.3.1", "6.3.2", "6.3.3", "6.4", "6.4.1", "6.4.2", "6.5.1", "6.5.2", "6.5.3", "6.5.4", "6.5.5", "6.5.6", "6.5.7", "6.5.8", "6.5.9",
        "6.5.10", "6.6", "7.1", "7.1.1", "7.1.2", "7.2", "7.3", "7.4", "7.5", "7.5.1", "7.6", "7.7", "7.8", "7.9", "7.9.1", "7.10", "7.11", "7.12", "7.13", "7.14",
        "8.1", "8.1.1", "8.1.2", "8.1.3", "8.2.1", "8.2.2", "8.2.3",
    ];

    [Fact]
    public void Every_link_of_the_book_table_resolves_to_what_it_names()
    {
        MatchCollection links = Link().Matches(File.ReadAllText(Path.Combine(Folder, "book.md")));
        Assert.True(links.Count > 100, $"Expected the whole table, found {links.Count} links.");
        var wrong = new List<string>();
        foreach (Match link in links)
        {
            (string name, string file) = (link.Groups[1].Value, Path.GetFullPath(Path.Combine(Folder, link.Groups[2].Value)));
            if (!File.Exists(file))
                wrong.Add($"{link.Value}: there is no such file.");
            else if (file.EndsWith(".cs", StringComparison.Ordinal) && !Declares(file, name))
                wrong.Add($"{link.Value}: the file does not declare {name}.");
        }

        Assert.Empty(wrong);
    }

    /// <summary>A row has a type and a test, or says that there is only text.</summary>
    [Fact]
    public void Every_row_names_a_type_and_a_test()
    {
        foreach (string[] cells in Rows())
        {
            string row = string.Join(" | ", cells);
            Assert.True(cells.Length == 4, row);
            bool text = cells[2] == "text";
            Assert.True(text ? cells[3] == "—" : cells[2].Contains("](../", StringComparison.Ordinal), row);
            Assert.True(text || cells[3].Contains("](../tests/", StringComparison.Ordinal), row);
        }
    }

    /// <summary>Every type of a row is used by one of its tests, and not in a comment only.</summary>
    [Fact]
    public void The_tests_of_a_row_use_the_types_that_it_names()
    {
        var unused = new List<string>();
        foreach (string[] cells in Rows().Where(cells => cells[2] != "text"))
        {
            string[] sources = [.. Link().Matches(cells[3]).Select(test => TestSource.Of(Path.GetFullPath(Path.Combine(Folder, test.Groups[2].Value)), test.Groups[1].Value))];
            foreach (string type in Link().Matches(cells[2]).Select(type => type.Groups[1].Value))
            {
                if (!sources.Any(source => Regex.IsMatch(source, $@"\b{Regex.Escape(type)}\b")))
                    unused.Add($"{cells[0]}, {cells[1]}: no test uses {type}.");
            }
        }

        Assert.Empty(unused);
    }

    [Fact]
    public void No_section_equation_or_algorithm_of_the_range_is_missing()
    {
        var found = new HashSet<string>(Rows().SelectMany(cells => Places(cells[0])), StringComparer.Ordinal);
        IEnumerable<string> wanted =
        [
            .. Sections.Select(section => $"§{section}"),
            .. Numbers("eq.", 6, 34, 59), .. Numbers("eq.", 7, 1, 67), .. Numbers("eq.", 8, 1, 10),
            .. Numbers("alg.", 6, 1, 6), .. Numbers("alg.", 7, 1, 3),
        ];
        string[] missing = [.. wanted.Where(place => !found.Contains(place))];
        Assert.Empty(missing);
    }

    /// <summary>The cells of the tables from places of the book to types and tests.</summary>
    private static IEnumerable<string[]> Rows()
    {
        bool inside = false;
        foreach (string line in File.ReadLines(Path.Combine(Folder, "book.md")))
        {
            inside = line == Head || (inside && line.StartsWith('|'));
            if (inside && line != Head && !line.StartsWith("| ---", StringComparison.Ordinal))
                yield return line.Trim('|', ' ').Split(" | ");
        }
    }

    /// <summary>"§7.8, eq. 7.33 to 7.35, alg. 7.1" as §7.8, eq.7.33, eq.7.34, eq.7.35, alg.7.1.</summary>
    private static IEnumerable<string> Places(string cell)
    {
        string kind = "";
        foreach (string part in cell.Split(", "))
        {
            Match place = Place().Match(part);
            Assert.True(place.Success, $"\"{cell}\": expected places such as \"§7.8, eq. 7.33 to 7.45, alg. 7.1\", found \"{part}\".");
            kind = place.Groups["kind"].Value is { Length: > 0 } named ? named.Trim() : kind;
            Assert.True(kind.Length > 0, $"\"{cell}\": \"{part}\" is neither a section nor an equation nor an algorithm.");
            string first = place.Groups["first"].Value;
            if (!place.Groups["last"].Success)
            {
                yield return kind + first;
                continue;
            }

            int[] from = Split(first), to = Split(place.Groups["last"].Value);
            foreach (string number in Numbers(kind, from[0], from[1], to[1]))
                yield return number;
        }

        static int[] Split(string number) => [.. number.Split('.').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
    }

    private static IEnumerable<string> Numbers(string kind, int chapter, int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(i => FormattableString.Invariant($"{kind}{chapter}.{i}"));

    private static bool Declares(string file, string name) => Regex.IsMatch(
        File.ReadAllText(file), $@"\b(class|record|enum|interface|void|Theory|double|Gaussian|Variable|double\[\])\s+{Regex.Escape(name)}\b");

    [GeneratedRegex(@"^(?<kind>§|eq\. |alg\. )?(?<first>\d+(\.\d+)+)( to (?<last>\d+\.\d+))?$")]
    private static partial Regex Place();

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)]+)\)")]
    private static partial Regex Link();
}
