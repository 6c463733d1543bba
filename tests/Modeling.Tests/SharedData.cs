namespace Toolkit.Modeling.Tests;

/// <summary>Finds the folders of shared data sets beside the repository.</summary>
internal static class SharedData
{
    /// <summary>Whether a data set is there.</summary>
    public static bool Has(string name) => Find(name) is not null;

    /// <summary>The folder of a data set that is there.</summary>
    public static string Folder(string name) =>
        Find(name) ?? throw new DirectoryNotFoundException($"Expected the data set '{name}' in the folder 'shared/data' beside the repository, found none.");

    private static string? Find(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
            {
                string path = Path.Combine(folder.Parent?.FullName ?? "", "shared", "data", name);
                return Directory.Exists(path) ? path : null;
            }
        }

        return null;
    }
}
