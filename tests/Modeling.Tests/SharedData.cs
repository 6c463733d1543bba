namespace Toolkit.Modeling.Tests;

/// <summary>Finds the folder of shared data sets beside the repository, or skips the test.</summary>
internal static class SharedData
{
    public static string Folder(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
                continue;
            string path = Path.Combine(folder.Parent?.FullName ?? "", "shared", "data", name);
            if (Directory.Exists(path))
                return path;
            break;
        }

        Assert.Skip($"The data set '{name}' is not in the folder 'shared/data' beside the repository.");
        return "";
    }
}
