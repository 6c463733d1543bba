using System.Text.RegularExpressions;

namespace Toolkit.Architecture.Tests;

/// <summary>Links on pages lead somewhere, and messages that pages quote are messages.</summary>
public sealed partial class PageTests
{
    private static readonly string[] Pages = [.. Directory.GetFiles(Repository.Root, "*.md").Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))];

    [Fact]
    public void Every_link_to_a_file_or_heading_leads_there()
    {
        var broken = new List<string>();
        int count = 0;
        foreach (string page in Pages)
        {
            foreach (string target in Link().Matches(File.ReadAllText(page)).Select(link => link.Groups[1].Value).Where(target => !target.Contains("://", StringComparison.Ordinal)))
            {
                count++;
                (string path, string? heading) = target.Split('#') is [var file, var anchor] ? (file, anchor) : (target, null);
                string full = path.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, path));
                if (!Path.Exists(full) || (heading is not null && !Headings(full).Contains(heading)))
                    broken.Add($"{Path.GetRelativePath(Repository.Root, page)}: {target}");
            }
        }

        Assert.Empty(broken);
        Assert.True(count > 100, $"Expected the links of all pages, found {count}.");
    }

    /// <summary>The site shows every page.</summary>
    [Fact]
    public void Every_page_stands_in_the_contents_of_the_site_once()
    {
        string docs = Path.Combine(Repository.Root, "docs");
        string[] listed = [.. Listed().Matches(File.ReadAllText(Path.Combine(docs, "toc.yml"))).Select(page => page.Groups[1].Value)];
        IEnumerable<string> pages = Directory.GetFiles(docs, "*.md", SearchOption.AllDirectories).Select(page => Path.GetRelativePath(docs, page).Replace('\\', '/')).Where(page => !page.StartsWith("site/", StringComparison.Ordinal));
        Assert.Equal(pages.Order(StringComparer.Ordinal), listed.Where(page => !page.StartsWith("..", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Messages_of_the_page_of_troubles_stand_in_the_source()
    {
        string[] pieces = [.. Message().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "troubleshooting.md"))).Select(row => row.Groups[1].Value)];
        Assert.True(pieces.Length > 10, $"Expected the rows of the page, found {pieces.Length}.");
        string[] sources = [.. new[] { "Autograd", "Modeling", "OnnxExport", "MLNetIntegration" }
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText)];
        Assert.DoesNotContain(pieces, piece => !sources.Any(source => source.Contains(piece, StringComparison.Ordinal)));
    }

    /// <summary>The headings of a page as GitHub and docfx turn them into anchors.</summary>
    private static HashSet<string> Headings(string page) =>
        [.. Heading().Matches(File.ReadAllText(page)).Select(heading => NoAnchor().Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), string.Empty).Replace(' ', '-'))];

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"href: (\S+)")]
    private static partial Regex Listed();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Message();
}
