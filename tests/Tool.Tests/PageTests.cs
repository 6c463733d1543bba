using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Toolkit.Autograd.Tests;
using Toolkit.MLNetIntegration.Tests;
using Toolkit.Modeling;
using Toolkit.Modeling.Tests.Imaging;

namespace Toolkit.Tool.Tests;

/// <summary>The page of the command line has every command and option, and no other.</summary>
public sealed partial class PageTests
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

    /// <summary>The program on pictures, with patterns in three directions and random colors.</summary>
    [Fact]
    public async Task The_program_on_pictures_runs()
    {
        using var folder = new TemporaryFolder();
        var random = new RandomSource(5);
        foreach ((int kind, string name) in ((string[])["checked", "horizontal", "vertical"]).Index())
        {
            Directory.CreateDirectory(folder.File(Path.Combine("textures", name)));
            for (int i = 0; i < 50; i++)
                await File.WriteAllBytesAsync(folder.File(Path.Combine("textures", name, $"{i}.png")), Texture(kind, random), TestContext.Current.CancellationToken);
        }

        await File.WriteAllBytesAsync(folder.File("new.png"), Texture(2, random), TestContext.Current.CancellationToken);
        string written = await PageProgram.RunAsync(string.Concat(PageProgram.Blocks("docs/pictures.md")), folder.Path, TestContext.Current.CancellationToken);
        // Chance is a third.
        Assert.InRange(double.Parse(Accuracy().Matches(written)[^1].Groups[1].Value, CultureInfo.InvariantCulture), 0.9, 1);
        Assert.Contains("new.png shows vertical", written, StringComparison.Ordinal);
    }

    /// <summary>A picture of 30 × 30 pixels in two colors: a checkerboard, or stripes across or down, with edges of 3 pixels from a random place on.</summary>
    private static byte[] Texture(int kind, RandomSource random)
    {
        const int Side = 30;
        byte[][] colors = [.. Enumerable.Range(0, 2).Select(c => (byte[])[.. Enumerable.Range(0, 3).Select(_ => (byte)(random.NextInt32(120) + (135 * c)))])];
        (int down, int across) = (random.NextInt32(6), random.NextInt32(6));
        return PngFile.Of(Side, Side, 3, [.. Enumerable.Range(0, Side * Side).SelectMany(pixel =>
        {
            (int row, int column) = (((pixel / Side) + down) / 3 % 2, ((pixel % Side) + across) / 3 % 2);
            return colors[kind switch { 0 => row ^ column, 1 => row, _ => column }];
        })]);
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

    [GeneratedRegex(@"accuracy (\d\.\d+)")]
    private static partial Regex Accuracy();
}
