using Toolkit.Samples.Tabular;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>The sample's networks on real data, beside ML.NET's own trainers in the same run: <c>docs/tabular.md</c> has all figures.</summary>
public sealed class TabularTests
{
    [Theory]
    [InlineData("friedman")]
    [InlineData("iris")]
    [InlineData("wine")]
    [InlineData("wine-class")]
    [InlineData("adult")]
    [InlineData("california")]
    [InlineData("optdigits")]
    public void A_network_is_at_least_as_good_as_the_best_linear_model_and_close_to_trees(string name)
    {
        Case data = Catalog.All.Single(c => c.Name == name);
        IReadOnlyList<Result> results = data.Run(Folder(data), seed: 1);
        double network = results[0].Main, linear = Best(Family.Linear);

        // Within a point of accuracy, or five percent of error, of FastTree or LightGBM.
        double trees = results.Where(r => r.Contender.Family == Family.Trees).Select(r => r.Main).Order().ToArray() is var both && data.LargerIsBetter ? both[0] : both[^1];
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

    private static string Folder(Case data)
    {
        if (data.Folder is null)
        {
            return "";
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "data", data.Folder);
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip($"The data set '{data.Folder}' is not in the folder 'shared/data' beside the repository.");
        return "";
    }
}
