using System.CommandLine;
using System.Globalization;
using Toolkit.Autograd.Tests;
using Toolkit.MLNetIntegration.Tests;

namespace Toolkit.Tool.Tests;

/// <summary>The page of the command line has every command and option, and no other.</summary>
public sealed class PageTests
{
    [Fact]
    public void The_page_names_every_command_and_option()
    {
        string page = File.ReadAllText(Path.Combine(PageProgram.Root, "docs", "command-line.md"));
        string[] sections = page.Split("\n## ");
        foreach (Command command in CommandLine.Root().Subcommands)
        {
            string section = Assert.Single(sections, section => section.StartsWith($"{command.Name}\n", StringComparison.Ordinal));
            Assert.Contains($"[`{command.Name}`](#{command.Name})", sections[0], StringComparison.Ordinal);
            Assert.All(command.Options, option => Assert.Contains(option.Name, section, StringComparison.Ordinal));
            Assert.All(
                section.Split(' ', '`', '\n').Where(word => word.StartsWith("--", StringComparison.Ordinal)),
                word => Assert.Contains(word, command.Options.Concat(CommandLine.Root().Options).Select(option => option.Name)));
        }
    }

    /// <summary>The example on the page of the package, on a table with three classes of four numbers.</summary>
    [Fact]
    public async Task The_example_of_the_package_runs()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllLinesAsync(
            folder.File("iris.csv"),
            ["a,b,c,d,species", .. Enumerable.Range(0, 90).Select(i => FormattableString.Invariant($"{4 * (i % 3)},{(i * i) % 7},{4 * ((i + 1) % 3)},{i % 5},kind{i % 3}"))],
            TestContext.Current.CancellationToken);
        string written = await PageProgram.RunAsync(Assert.Single(PageProgram.Blocks("packages/Toolkit/README.md")), folder.Path, TestContext.Current.CancellationToken);
        // Chance is a third.
        Assert.InRange(double.Parse(written.Split("accuracy ")[1].Split(' ')[0], CultureInfo.InvariantCulture), 0.9, 1);
        Assert.True(File.Exists(folder.File("iris.onnx")));
    }
}
