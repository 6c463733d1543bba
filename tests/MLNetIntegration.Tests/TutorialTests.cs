using Toolkit.Autograd.Tests;

namespace Toolkit.MLNetIntegration.Tests;

/// <summary>The blocks of a tutorial, one after the other, are one program, and it writes what stands on the page.</summary>
public sealed class TutorialTests
{
    public static TheoryData<string> Pages =>
        [.. Directory.EnumerateFiles(Path.Combine(PageProgram.Root, "docs", "tutorials"), "*.md").Select(page => Path.GetFileName(page)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_tutorial_writes_what_it_says(string name)
    {
        string page = Path.Combine("docs", "tutorials", name);
        bool isWeb = (await File.ReadAllTextAsync(Path.Combine(PageProgram.Root, page), TestContext.Current.CancellationToken)).Contains("dotnet new web", StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        string written = await PageProgram.RunAsync(string.Concat(PageProgram.Blocks(page)), folder.Path, TestContext.Current.CancellationToken, isWeb);
        Assert.Equal(string.Concat(PageProgram.Blocks(page, "text")), written);
    }
}
