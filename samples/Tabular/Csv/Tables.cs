using System.Globalization;
using Microsoft.ML;

namespace Toolkit.Samples.Tabular.Csv;

/// <summary>What networks reach through the CSV loader with categories in one-hot form and as learned vectors, with the settings that were chosen for each in ML.NET.</summary>
internal static class Tables
{
    public static IReadOnlyList<Table> All { get; } = [new AdultTable(), new CaliforniaTable()];

    /// <summary>Both networks with the seeds 1, 2, … of a table.</summary>
    public static IEnumerable<(string Network, double[] Figures)> Run(Table table, string folder, int seeds)
    {
        Case data = Catalog.All.Single(c => c.Name == table.Name);
        foreach ((string name, bool hasVectors) in new[] { ("neural network", false), ("network with embeddings", true) })
        {
            Settings settings = Chosen.For(data, data.All(new MLContext()).Single(c => c.Name == name));
            yield return (name, [.. Enumerable.Range(1, seeds).Select(seed => table.Train(folder, settings, hasVectors, (ulong)seed))]);
        }
    }

    public static void Show(Table table, string folder, int seeds)
    {
        foreach ((string network, double[] figures) in Run(table, folder, seeds))
        {
            double mean = figures.Average(), deviation = figures.Length < 2 ? 0 : Math.Sqrt(figures.Sum(f => (f - mean) * (f - mean)) / (figures.Length - 1));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{table.Name} through the CSV loader, {network}: {table.Figure} {mean:G4} ± {deviation:G2}"));
        }
    }
}
