using System.CommandLine;
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
}
