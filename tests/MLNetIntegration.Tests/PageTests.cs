using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Toolkit.MadeData;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Tests;

/// <summary>Programs on pages are programs.</summary>
public sealed partial class PageTests
{
    /// <summary>The first example of the README, word for word, in a folder with made digits in the files of MNIST.</summary>
    [Fact]
    public async Task The_example_of_the_README_trains_exports_and_scores()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, "mnist"), Path.Combine(DataFiles.Folder, "mnist"));
            string written = await PageProgram.RunAsync(Assert.Single(PageProgram.Blocks("README.md")), folder, TestContext.Current.CancellationToken);
            Match accuracy = Accuracy().Match(written);
            Assert.True(accuracy.Success, written);
            // Chance is 0.1.
            Assert.InRange(double.Parse(accuracy.Groups[1].Value, CultureInfo.InvariantCulture), 0.8, 1);
            using OnnxSession session = OnnxSession.Load(Path.Combine(folder, "digits.onnx"));
            Assert.Equal("output", session.Outputs[0].Name);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The blocks of the page of short answers, one after the other, are one program.</summary>
    [Fact]
    public async Task The_page_of_short_answers_runs()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, "mnist"), Path.Combine(DataFiles.Folder, "mnist"));
            string written = await PageProgram.RunAsync(string.Concat(PageProgram.Blocks("docs/how-to.md")), folder, TestContext.Current.CancellationToken);
            Assert.Contains("threes were taken for fives", written, StringComparison.Ordinal);
            foreach (string file in new[] { "digits.onnx", "committee.onnx" })
                OnnxSession.Load(Path.Combine(folder, file)).Dispose();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The blocks of the first page are one program, which needs no data.</summary>
    [Fact]
    public async Task The_first_page_trains_exports_and_scores()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string written = await PageProgram.RunAsync(string.Concat(PageProgram.Blocks("docs/first-model.md")), folder, TestContext.Current.CancellationToken);
            // Chance is 0.1.
            Assert.InRange(double.Parse(Accuracy().Matches(written)[^1].Groups[1].Value, CultureInfo.InvariantCulture), 0.9, 1);
            Assert.Contains("1000 rows scored by ML.NET", written, StringComparison.Ordinal);
            Assert.InRange(double.Parse(Away().Match(written).Groups[1].Value, CultureInfo.InvariantCulture), 0, 1e-4);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Blocks that are whole programs, which say what they import.</summary>
    [Theory]
    [InlineData("Autograd/README.md")]
    [InlineData("docs/mlnet.md")]
    public void Programs_on_pages_compile(string page)
    {
        string[] programs = [.. PageProgram.Blocks(page).Where(block => block.StartsWith("using ", StringComparison.Ordinal) && block.Contains("\n\n", StringComparison.Ordinal))];
        Assert.NotEmpty(programs);
        string path = Path.GetTempFileName();
        foreach (string program in programs)
            PageProgram.Compile(program, path);
        File.Delete(path);
    }

    /// <summary>What the package imports exists, and no name stands for two types.</summary>
    [Fact]
    public void The_package_imports_every_name_once()
    {
        string[] namespaces = PageProgram.Namespaces;
        Type[] types = [.. PublicTypes().Where(type => namespaces.Contains(type.Namespace))];
        Assert.Equal(namespaces.Order(StringComparer.Ordinal), types.Select(type => type.Namespace!).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(types.GroupBy(type => type.Name).Where(same => same.Count() > 1).Select(same => string.Join(" and ", same)));
    }

    private static IEnumerable<Type> PublicTypes() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(Path.GetFileNameWithoutExtension)
            .Where(name => name is "Toolkit.Autograd" or "Toolkit.Modeling" or "Toolkit.OnnxExport" or "Toolkit.MLNetIntegration" || name!.StartsWith("Microsoft.ML", StringComparison.Ordinal))
            .Where(name => !name!.Contains("Converter", StringComparison.Ordinal))
            .SelectMany(name => Assembly.Load(name!).GetExportedTypes()).Where(type => !type.IsNested);

    [GeneratedRegex(@"ONNX Runtime is (\S+) away")]
    private static partial Regex Away();

    [GeneratedRegex(@"accuracy (\d\.\d+)")]
    private static partial Regex Accuracy();
}
