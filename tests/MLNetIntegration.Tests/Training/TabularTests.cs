using Toolkit.MadeData;
using Toolkit.Samples.Tabular;
using Toolkit.Samples.Tabular.Csv;

namespace Toolkit.MLNetIntegration.Tests.Training;

/// <summary>The sample's networks beside ML.NET's own trainers in the same run, with the settings that were chosen for each (<c>chosen.json</c>): on made data in the files of the
/// published ones, and on those where they are there. <c>docs/tabular.md</c> has all figures.</summary>
public sealed class TabularTests
{
    /// <summary>Data set, source, whether the network is at least as good as the best linear model, and whether it comes within a point of accuracy, or five percent of error, of
    /// both boosted trees.</summary>
    private static readonly (string Name, string Source, bool Linear, bool Trees)[] Claims =
    [
        ("friedman", "made", true, true), ("wine", "made", true, true), ("wine-class", "made", true, false),
        ("adult", "published", true, true), ("wine", "published", true, false), ("wine-class", "published", true, false),
    ];

    /// <summary>Data set, source, and what the network reaches with the seed 1; the tolerance is about three standard errors of so many test rows.</summary>
    private static readonly (string Name, string Source, double Reached, double Tolerance)[] Figures =
    [
        ("friedman", "made", 1.12, 0.1), ("iris", "made", 97.7, 4), ("adult", "made", 69.3, 4), ("california", "made", 36.2, 3), ("optdigits", "made", 92.9, 3),
        ("iris", "published", 93.2, 6), ("adult", "published", 85.0, 1.5), ("wine", "published", 0.710, 0.03),
        ("wine-class", "published", 62.4, 4.5), ("optdigits", "published", 97.56, 1.2), ("california", "published", 47.1, 2),
    ];

    /// <summary>Data set, source, and what the network with a vector for each text reaches with the seed 1, not clearly worse than the one with one-hot texts.</summary>
    private static readonly (string Name, string Source, double Reached, double Tolerance)[] WithVectors =
        [("adult", "made", 69.3, 4), ("california", "made", 36.2, 4), ("adult", "published", 85.0, 1.5), ("california", "published", 46.5, 2)];

    /// <summary>Data set, source, and what the networks with one-hot texts and with vectors reach with the seed 1 through the CSV loader.</summary>
    public static TheoryData<string, string, double, double, double> Loaded
    {
        get
        {
            var sets = new TheoryData<string, string, double, double, double> { { "adult", "made", 69.3, 69.3, 4 }, { "california", "made", 36.2, 36.2, 5 } };
            if (Has("adult"))
                sets.Add("adult", "published", 85.2, 85.3, 1.5);
            return sets;
        }
    }

    internal static string? Shared { get; } = Find();

    /// <summary>What is claimed for each data set as it is made, and as it is published if that is there.</summary>
    public static TheoryData<string, string> Sets
    {
        get
        {
            var sets = new TheoryData<string, string>();
            foreach ((string name, string source) in Claims.Select(c => (c.Name, c.Source)).Union(Figures.Select(f => (f.Name, f.Source))))
            {
                if (source == "made" || Has(name))
                    sets.Add(name, source);
            }

            if (!Has("iris"))
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
    public void A_network_stands_to_linear_models_and_trees_as_documented(string name, string source)
    {
        Case data = Catalog.All.Single(c => c.Name == name);
        (_, _, bool asLinear, bool asTrees) = Claims.SingleOrDefault(c => (c.Name, c.Source) == (name, source));
        IReadOnlyList<Result> results = data.Run(
            data.Folder is null ? "" : Path.Combine(source == "made" ? DataFiles.Folder : Shared!, data.Folder),
            seed: 1,
            take: c => c.Family == Family.Network || (c.Family == Family.Linear ? asLinear : asTrees));
        double network = results[0].Main;
        if (asLinear)
        {
            double linear = Best(Family.Linear);
            Assert.True(data.LargerIsBetter ? network >= linear : network <= linear, $"network {network}, linear {linear}");
        }

        if (asTrees)
        {
            double trees = Best(Family.Trees);
            Assert.True(data.LargerIsBetter ? network >= trees - 1 : network <= 1.05 * trees, $"network {network}, trees {trees}");
        }

        foreach ((_, _, double reached, double tolerance) in Figures.Where(f => (f.Name, f.Source) == (name, source)))
            Assert.Equal(reached, network, tolerance);

        foreach ((_, _, double reached, double tolerance) in WithVectors.Where(f => (f.Name, f.Source) == (name, source)))
        {
            double vectors = results.Single(r => r.Contender.Name == "network with embeddings").Main;
            Assert.Equal(reached, vectors, tolerance);
            Assert.InRange(data.LargerIsBetter ? network - vectors : vectors - network, -10, tolerance);
        }

        // 92.8 ± 0.4 over five seeds; a head that always or never covers is far outside.
        if ((name, source) == ("california", "published"))
            Assert.InRange(results.Single(r => r.Figures.ContainsKey("90 % interval covers %")).Figures["90 % interval covers %"], 88, 95);

        double Best(Family family)
        {
            IEnumerable<double> all = results.Where(r => r.Contender.Family == family).Select(r => r.Main);
            return data.LargerIsBetter ? all.Max() : all.Min();
        }
    }

    [Theory]
    [MemberData(nameof(Loaded))]
    public void Tables_are_learned_through_the_loader_as_well(string name, string source, double oneHot, double vectors, double tolerance)
    {
        Table table = Samples.Tabular.Csv.Tables.All.Single(t => t.Name == name);
        string folder = Path.Combine(source == "made" ? DataFiles.Folder : Shared!, Catalog.All.Single(c => c.Name == name).Folder!);
        (string Network, double[] Figures)[] found = [.. Samples.Tabular.Csv.Tables.Run(table, folder, seeds: 1)];
        Assert.Equal(["neural network", "network with embeddings"], found.Select(f => f.Network));
        Assert.Equal(oneHot, found[0].Figures.Single(), tolerance);
        Assert.Equal(vectors, found[1].Figures.Single(), tolerance);
    }

    private static bool Has(string name) => Catalog.All.Single(c => c.Name == name).Folder is { } folder && Shared is not null && Directory.Exists(Path.Combine(Shared, folder));

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
