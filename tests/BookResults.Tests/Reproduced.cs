using Toolkit.Samples.BookResults;

namespace Toolkit.BookResults.Tests;

/// <summary>Runs experiments as the sample does, on the data sets beside the repository.</summary>
internal static class Reproduced
{
    /// <summary>The figures of an experiment with its own settings and seed 1.</summary>
    public static Dictionary<string, double> Run(Experiment experiment)
    {
        var laboratory = new Laboratory(
            new LaboratoryOptions { Data = SharedData(), Threads = 1, Quiet = true }, experiment, TestContext.Current.CancellationToken);
        return experiment.Run(laboratory).ToDictionary(f => f.Name, f => f.Value);
    }

    public static void NeedsData(string name) => Assert.SkipUnless(
        SharedData() is { } data && Directory.Exists(Path.Combine(data, name)),
        $"The data set '{name}' is not in the folder 'shared/data' beside the repository.");

    private static string? SharedData()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
                continue;
            string path = Path.Combine(folder.Parent?.FullName ?? "", "shared", "data");
            return Directory.Exists(path) ? path : null;
        }

        return null;
    }
}
