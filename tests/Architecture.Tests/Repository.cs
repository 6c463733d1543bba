namespace Toolkit.Architecture.Tests;

/// <summary>The source tree that the tests look at.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The source files below a folder, without what a build makes.</summary>
    public static IEnumerable<string> Sources(string folder, string pattern = "*.cs") =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(Root, f).Split(Path.DirectorySeparatorChar).Any(p => p is "bin" or "obj"));

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests must run inside the repository: Toolkit.sln was not found.");
    }
}
