using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Toolkit.Autograd.Tests;
using Toolkit.MLNetIntegration.Tests;

namespace Toolkit.Tool.Tests;

/// <summary>Small projects to begin with: they compile and run, and are the templates of <c>dotnet new</c>.</summary>
public sealed class InitCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("table", "R² ", 0.8, 1.0, "flats.zip")]
    [InlineData("image", "has not seen: loss * accuracy ", 0.8, 1.0, "digits.onnx")]
    [InlineData("series", "mean absolute error ", 0.5, 2.5, "forecast.zip")]
    public async Task A_project_compiles_and_learns(string kind, string before, double least, double most, string written)
    {
        string project = folder.File("Mine");
        JsonObject report = await ToolRun.JsonOfAsync("init", kind, "--out", project);
        string[] files = [.. report["files"]!.AsArray().Select(file => (string)file!["file"]!)];
        Assert.Equal(Directory.GetFiles(project).Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        string settings = await File.ReadAllTextAsync(Path.Combine(project, "Mine.csproj"), TestContext.Current.CancellationToken);
        Assert.Contains("<PackageReference Include=\"Toolkit\" Version=\"0.", settings, StringComparison.Ordinal);
        Assert.All(files, file => Assert.DoesNotContain("TOOLKIT_VERSION", File.ReadAllText(file), StringComparison.Ordinal));

        // The program finds its data beside itself.
        foreach (string data in files.Where(file => Path.GetExtension(file) == ".csv"))
            File.Copy(data, Path.Combine(AppContext.BaseDirectory, Path.GetFileName(data)), overwrite: true);
        string output = await PageProgram.RunAsync(await File.ReadAllTextAsync(Path.Combine(project, "Program.cs"), TestContext.Current.CancellationToken), project, TestContext.Current.CancellationToken);
        string said = Regex.Match(output, $@"{before.Replace("*", "[^\n]*", StringComparison.Ordinal)}([\d.]+)").Groups[1].Value;
        Assert.True(double.TryParse(said.TrimEnd('.'), CultureInfo.InvariantCulture, out double number) && number >= least && number <= most, output);
        Assert.True(File.Exists(Path.Combine(project, written)));
    }

    [Fact]
    public async Task A_folder_with_files_is_left_alone()
    {
        await File.WriteAllTextAsync(folder.File("mine.txt"), "mine", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.OfAsync("init", "table", "--out", folder.Path);
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Contains("Expected a folder that is not there or empty", run.Error, StringComparison.Ordinal);
        Assert.Equal([folder.File("mine.txt")], Directory.GetFiles(folder.Path));
        ToolRun unknown = await ToolRun.OfAsync("init", "text", "--out", folder.File("x"));
        Assert.Equal(CommandLine.Misused, unknown.Code);
    }

    /// <summary>What <c>dotnet new</c> replaces stands in the files, and nothing is the name of two templates.</summary>
    [Fact]
    public void Templates_are_described()
    {
        string templates = Path.Combine(PageProgram.Root, "packages", "Templates", "content");
        JsonElement[] described = [.. Directory.GetDirectories(templates).Order(StringComparer.Ordinal)
            .Select(template => JsonDocument.Parse(File.ReadAllText(Path.Combine(template, ".template.config", "template.json"))).RootElement)];
        Assert.Equal(["toolkit-image", "toolkit-series", "toolkit-table"], described.Select(template => template.GetProperty("shortName").GetString()));
        Assert.Equal(3, described.Select(template => template.GetProperty("identity").GetString()).Distinct().Count());
        foreach ((string template, JsonElement description) in Directory.GetDirectories(templates).Order(StringComparer.Ordinal).Zip(described))
        {
            string source = description.GetProperty("sourceName").GetString()!, version = description.GetProperty("symbols").GetProperty("toolkitVersion").GetProperty("replaces").GetString()!;
            Assert.Contains(version, File.ReadAllText(Path.Combine(template, $"{source}.csproj")), StringComparison.Ordinal);
        }
    }
}
