namespace Toolkit.OnnxExport.Tests;

/// <summary>The folder of shared material beside the repository: models and test data of other projects.</summary>
internal static class SharedFiles
{
    /// <summary>Every .onnx file of the shared material, sorted; the test is skipped where there is none.</summary>
    public static string[] Models()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Toolkit.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        string folder = Path.Combine(root ?? AppContext.BaseDirectory, "..", "shared", "onnx");
        Assert.SkipUnless(Directory.Exists(folder), "The folder shared/onnx beside the repository is missing.");
        string[] models = Directory.GetFiles(folder, "*.onnx", SearchOption.AllDirectories);
        Array.Sort(models, StringComparer.Ordinal);
        return models;
    }
}
