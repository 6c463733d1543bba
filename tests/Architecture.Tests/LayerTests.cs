using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Toolkit.Architecture.Tests;

/// <summary>The arrows of docs/architecture.md hold.</summary>
public sealed partial class LayerTests
{
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

    private static XDocument Project(string library) => XDocument.Load(Path.Combine(Repository.Root, library, $"{library}.csproj"));

    [GeneratedRegex(@"using Toolkit\.Autograd\.([A-Za-z]+)")]
    private static partial Regex FolderUse();
}
