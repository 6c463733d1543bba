namespace Toolkit.OnnxExport.Tests;

/// <summary>Files outside the test project.</summary>
internal static class SharedFiles
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every .onnx file of the folder of shared material beside the repository (models and test data of other projects), sorted; the test is
    /// skipped where there is none.</summary>
    public static string[] Models()
    {
        string folder = Path.Combine(Root, "..", "shared", "onnx");
        Assert.SkipUnless(Directory.Exists(folder), "The folder shared/onnx beside the repository is missing.");
        string[] models = Directory.GetFiles(folder, "*.onnx", SearchOption.AllDirectories);
        Array.Sort(models, StringComparer.Ordinal);
        return models;
    }

    /// <summary>One of the models of other programs; the test is skipped where the folder is missing.</summary>
    public static string Model(string name)
    {
        string path = Path.Combine(Root, "..", "shared", "onnx", "models", name);
        Assert.SkipUnless(File.Exists(path), "The folder shared/onnx beside the repository is missing.");
        return path;
    }

    private static string FindRoot()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Toolkit.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        return root ?? throw new InvalidOperationException("The tests must run inside the repository: Toolkit.sln was not found.");
    }
}
