using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Toolkit.Architecture.Tests;

/// <summary>The arrows of docs/architecture.md hold.</summary>
public sealed partial class LayerTests
{
    [Theory]
    [InlineData("Autograd", "")]
    [InlineData("Modeling", "Autograd")]
    [InlineData("Modeling/Mpi", "Modeling")]
    [InlineData("Modeling/Imaging", "Modeling")]
    [InlineData("OnnxExport", "Autograd")]
    [InlineData("MLNetIntegration", "Modeling OnnxExport")]
    [InlineData("MLNetIntegration/Tables", "Modeling OnnxExport")]
    public void A_library_references_only_the_libraries_below_it(string library, string allowed)
    {
        IEnumerable<string> references = Project(library).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
        Assert.Equal(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), references.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Autograd", "System.Numerics.Tensors")]
    [InlineData("Modeling", "Microsoft.Extensions.Logging.Abstractions System.IO.Hashing")]
    [InlineData("Modeling/Mpi", "")]
    [InlineData("Modeling/Imaging", "SkiaSharp SkiaSharp.NativeAssets.Linux.NoDependencies")]
    [InlineData("OnnxExport", "Google.Protobuf Grpc.Tools Microsoft.ML.OnnxRuntime.Managed")]
    [InlineData("MLNetIntegration", "Microsoft.ML Microsoft.ML.OnnxConverter Microsoft.ML.OnnxTransformer Microsoft.ML.Tokenizers System.IO.Hashing")]
    [InlineData("MLNetIntegration/Tables", "Parquet.Net")]
    public void A_library_uses_only_its_packages_and_never_a_native_runtime(string library, string allowed)
    {
        IEnumerable<string> packages = Project(library).Descendants("PackageReference").Select(r => (string)r.Attribute("Include")!);
        Assert.Equal(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), packages.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Tensors", "")]
    [InlineData("Files", "")]
    [InlineData("Schema", "")]
    [InlineData("Kernels", "Tensors")]
    [InlineData("Graph", "Tensors Schema")]
    [InlineData("Operations", "Tensors Kernels Schema Graph")]
    [InlineData("Gradients", "Tensors Graph Operations")]
    [InlineData("Lowering", "Tensors Kernels Schema Graph Operations")]
    [InlineData("Compilation", "Tensors Kernels Schema Graph Operations Lowering")]
    [InlineData("Execution", "Tensors Kernels Schema Graph Operations Lowering Compilation")]
    [InlineData("Checking", "Tensors Graph Operations Gradients Execution")]
    public void Inside_Autograd_a_folder_uses_only_the_folders_below_it(string folder, string allowed)
    {
        string[] permitted = [.. allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), folder];
        foreach (string file in Repository.Sources(Path.Combine("Autograd", folder)))
        {
            foreach (Match use in FolderUse().Matches(File.ReadAllText(file)))
            {
                Assert.True(permitted.Contains(use.Groups[1].Value), $"{Path.GetRelativePath(Repository.Root, file)} uses {use.Value}.");
            }
        }
    }

    /// <summary>
    /// The folders of a library as it is compiled, whatever names its sources use: from below, level after level, "." for the root. A folder uses folders of the levels below it.
    /// </summary>
    [Theory]
    [InlineData("Toolkit.Autograd", "Tensors Files Schema", "Kernels Graph", "Operations", "Gradients Lowering", "Compilation", "Execution", "Checking")]
    [InlineData(
        "Toolkit.Modeling", ".", "Schedules Distributed", "Initializers Constraints Distributions Optimizers", "Linear", "Data", "Modules", "Losses", "Regularizers Metrics",
        "Persistence", "Training", "Callbacks Diagnostics", "Distances Encoders Ensembles Manifolds")]
    [InlineData("Toolkit.Mpi", ".")]
    [InlineData("Toolkit.Imaging", ".")]
    [InlineData("Toolkit.OnnxExport", "Format", "Checking", "Export", "Import", "Serving", "Training")]
    [InlineData("Toolkit.MLNetIntegration", "Scoring", "Data Training", "Conversion", ".")]
    [InlineData("Toolkit.Tables", ".")]
    public void A_folder_uses_only_the_folders_below_it(string root, params string[] levels)
    {
        string[][] folders = [.. levels.Select(level => level.Split(' '))];
        Dictionary<string, SortedSet<string>> uses = TypeUses.Folders(StyleTests.Libraries.Single(library => library.GetName().Name == root), root);
        Assert.Equal(folders.SelectMany(level => level).Where(folder => folder != ".").Order(StringComparer.Ordinal), uses.Keys.Where(folder => folder.Length > 0).Order(StringComparer.Ordinal));
        foreach ((string folder, SortedSet<string> used) in uses)
        {
            int level = Array.FindIndex(folders, names => names.Contains(Named(folder)));
            // A root that no level names has nothing to be below or above.
            if (level < 0)
                continue;
            string[] wrong = [.. used.Select(Named).Except(folders[..level].SelectMany(names => names))];
            Assert.True(wrong.Length == 0, $"{root}: {Named(folder)} uses {string.Join(", ", wrong)}.");
        }

        static string Named(string folder) => folder.Length == 0 ? "." : folder;
    }

    /// <summary>What one library needs of another is public.</summary>
    [Theory]
    [InlineData("Autograd")]
    [InlineData("Modeling")]
    [InlineData("Modeling/Mpi")]
    [InlineData("Modeling/Imaging")]
    [InlineData("OnnxExport")]
    [InlineData("MLNetIntegration")]
    [InlineData("MLNetIntegration/Tables")]
    public void A_library_shows_its_internals_to_no_other(string library)
    {
        string[] libraries = ["Toolkit.Autograd", "Toolkit.Modeling", "Toolkit.Mpi", "Toolkit.Imaging", "Toolkit.OnnxExport", "Toolkit.MLNetIntegration", "Toolkit.Tables"];
        Assert.Empty(Project(library).Descendants("InternalsVisibleTo").Select(friend => (string)friend.Attribute("Include")!).Intersect(libraries));
    }

    /// <summary>The walks through the layers name files that are there.</summary>
    [Fact]
    public void The_walks_of_the_page_name_files_that_exist()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));
        string[] named = [.. FileName().Matches(page).Select(match => match.Groups[1].Value).Distinct()];
        string[] files = [.. new[] { "Autograd", "Modeling", "OnnxExport", "MLNetIntegration" }.SelectMany(library => Repository.Sources(library)).Select(file => "/" + Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))];
        Assert.True(named.Length > 30, $"found {named.Length} names of files");
        Assert.All(named, name => Assert.Contains(files, file => file.EndsWith("/" + name, StringComparison.Ordinal)));
    }

    private static XDocument Project(string library) => XDocument.Load(Path.Combine(Repository.Root, library, $"{Path.GetFileName(library)}.csproj"));

    [GeneratedRegex(@"`([A-Za-z/]+\.cs)`")]
    private static partial Regex FileName();

    [GeneratedRegex(@"using Toolkit\.Autograd\.([A-Za-z]+)")]
    private static partial Regex FolderUse();
}
