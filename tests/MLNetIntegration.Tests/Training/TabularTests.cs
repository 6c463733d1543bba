using Toolkit.MadeData;
using Toolkit.Samples.Tabular;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>The sample's networks beside ML.NET's own trainers in the same run, with the settings that were chosen for each: on made data in the files of the published
/// ones, and on those where they are there. <c>docs/tabular.md</c> has all figures.</summary>
public sealed class TabularTests
{
    private static string? Shared { get; } = Find();

    /// <summary>Each data set as it is made, and as it is published if that is there.</summary>
    public static TheoryData<string, string> Sets
    {
        get
        {
            var sets = new TheoryData<string, string>();
            foreach (Case data in Catalog.All)
            {
                sets.Add(data.Name, "made");
                if (data.Folder is { } folder && Shared is not null && Directory.Exists(Path.Combine(Shared, folder)))
                    sets.Add(data.Name, "published");
            }

            if (Shared is null)
            {
                sets.Add(new TheoryDataRow<string, string>("all", "published")
                {
                    Skip = "The data set 'iris' is not in the folder 'shared/data' beside the repository.",
                });
            }

            return sets;
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_network_is_at_least_as_good_as_the_best_linear_model_and_close_to_trees(string name, string source)
    {
        Case data = Catalog.All.Single(c => c.Name == name);
        IReadOnlyList<Result> results = data.Run(data.Folder is null ? "" : Path.Combine(source == "made" ? DataFiles.Folder : Shared!, data.Folder), seed: 1);
        double network = results[0].Main, linear = Best(Family.Linear), trees = Best(Family.Trees);

        // Within a point of accuracy, or five percent of error, of FastTree or LightGBM.
        Assert.True(data.LargerIsBetter ? network >= linear : network <= linear, $"network {network}, linear {linear}");
        Assert.True(data.LargerIsBetter ? network >= trees - 1 : network <= 1.05 * trees, $"network {network}, trees {trees}");
        foreach (Result calibrated in results.Where(r => r.Figures.ContainsKey("90 % interval covers %")))
        {
            Assert.InRange(calibrated.Figures["90 % interval covers %"], 87, 93);
        }

        double Best(Family family)
        {
            double[] all = [.. results.Where(r => r.Contender.Family == family).Select(r => r.Main)];
            return data.LargerIsBetter ? all.Max() : all.Min();
        }
    }

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(path))
                return path;
        }

        return null;
    }
}
