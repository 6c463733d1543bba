using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Toolkit.Architecture.Tests;

/// <summary>The arrows of docs/architecture.md hold.</summary>
public sealed partial class LayerTests
{
    /// <summary>Root namespace, folder, and the other folders that it uses.</summary>
    public static TheoryData<string, string, string> Folders => new()
    {
        { "Toolkit.Autograd", "Tensors", "" },
    };

    [Theory]
    [InlineData("Autograd", "")]
    [InlineData("Modeling", "Autograd")]
    [InlineData("OnnxExport", "Autograd")]
    [InlineData("MLNetIntegration", "Modeling OnnxExport")]
    public void A_library_references_only_the_libraries_below_it(string library, string allowed)
    {
        IEnumerable<string> references = Project(library).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
        Assert.Equal(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), references.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Autograd", "System.Numerics.Tensors")]
    [InlineData("Modeling", "System.IO.Hashing")]
    [InlineData("OnnxExport", "Google.Protobuf Grpc.Tools Microsoft.ML.OnnxRuntime.Managed")]
    [InlineData("MLNetIntegration", "Microsoft.ML Microsoft.ML.OnnxTransformer System.IO.Hashing")]
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

    /// <summary>The same for all libraries as they are compiled, whatever names sources use: each folder uses no other folders than these, and these it does use.</summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_uses_only_the_folders_that_it_may(string root, string folder, string allowed)
    {
        Dictionary<string, SortedSet<string>> uses = TypeUses.Folders(StyleTests.Libraries.Single(library => library.GetName().Name == root), root);
        Assert.Equal(allowed, string.Join(' ', uses[folder]));
    }

    [Fact]
    public void Every_folder_has_its_row()
    {
        foreach (Assembly lib in StyleTests.Libraries)
            foreach (var (f, u) in TypeUses.Folders(lib, lib.GetName().Name!).OrderBy(x => x.Key))
                System.IO.File.AppendAllText("/tmp/folders.txt", $"        {{ \"{lib.GetName().Name}\", \"{f}\", \"{string.Join(' ', u)}\" }},\n");
        foreach (Assembly library in StyleTests.Libraries)
        {
            string root = library.GetName().Name!;
            Assert.Equal(
                TypeUses.Folders(library, root).Keys.Where(folder => folder.Length > 0).Order(StringComparer.Ordinal),
                Folders.Where(row => row.Data.Item1 == root).Select(row => row.Data.Item2).Order(StringComparer.Ordinal));
        }
    }

    private static XDocument Project(string library) => XDocument.Load(Path.Combine(Repository.Root, library, $"{library}.csproj"));

    [GeneratedRegex(@"using Toolkit\.Autograd\.([A-Za-z]+)")]
    private static partial Regex FolderUse();
}
