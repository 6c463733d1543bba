using Toolkit.MadeData;
using Toolkit.Samples.BookResults;

namespace Toolkit.BookResults.Tests;

/// <summary>Runs experiments as the sample does, on made data and, where they are beside the repository, on the published ones.</summary>
internal static class Reproduced
{
    public const string Made = "made", Published = "published";

    /// <summary>Made data, and the published ones if all of these sets, with blanks between their names, are there.</summary>
    public static TheoryData<string> Sources(string sets) => sets.Split(' ').All(Has) ? [Made, Published] : [Made];

    /// <summary>The same, with a row that says what is missing.</summary>
    public static TheoryData<string> SourcesOrSkip(string sets) => sets.Split(' ').All(Has) ? [Made, Published] :
    [
        Made,
        new TheoryDataRow<string>(Published)
        {
            Skip = $"The data set '{sets.Split(' ').First(s => !Has(s))}' is not in the folder 'shared/data' beside the repository, so that no experiment runs on published data.",
        },
    ];

    /// <summary>The figures of an experiment with its own settings and seed 1, on data that it makes itself or on a source.</summary>
    public static Dictionary<string, double> Run(Experiment experiment, string source = Made)
    {
        var laboratory = new Laboratory(
            new LaboratoryOptions { Data = source == Made ? DataFiles.Folder : Shared, Threads = 1, Quiet = true }, experiment, TestContext.Current.CancellationToken);
        return experiment.Run(laboratory).ToDictionary(f => f.Name, f => f.Value);
    }

    /// <summary>Figures are what they were, up to what rounding may change: processors with other vector instructions add in another order.</summary>
    public static void Holds(Dictionary<string, double> found, params (string Name, double Expected, double Tolerance)[] figures)
    {
        string[] wrong = [.. figures.Where(f => !(Math.Abs(found[f.Name] - f.Expected) <= f.Tolerance)).Select(f => $"{f.Name}: expected {f.Expected} ± {f.Tolerance}, found {found[f.Name]}")];
        Assert.True(wrong.Length == 0, string.Join(Environment.NewLine, wrong));
    }

    /// <summary>A figure is below a bound, with what it is if not.</summary>
    public static void Below(Dictionary<string, double> found, string name, double bound) =>
        Assert.True(found[name] < bound, $"{name}: expected below {bound}, found {found[name]}");

    private static bool Has(string set) => Shared is { } data && Directory.Exists(Path.Combine(data, set));

    private static string? Shared { get; } = Find();

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
            {
                string path = Path.Combine(folder.Parent?.FullName ?? "", "shared", "data");
                return Directory.Exists(path) ? path : null;
            }
        }

        return null;
    }
}
