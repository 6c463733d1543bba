using System.Globalization;
using Spectre.Console;

namespace Toolkit.Samples.Tabular;

/// <summary>A table of what the contenders reach on test rows: mean and standard deviation over seeds.</summary>
internal static class Comparison
{
    public static void Show(Case data, string path, int seeds, Func<Contender, bool> take)
    {
        IReadOnlyList<Result>[] runs = [.. Enumerable.Range(1, seeds).Select(seed => data.Run(path, (ulong)seed, take: take))];
        string[] columns = [.. runs[0].SelectMany(r => r.Figures.Keys).Distinct()];
        Table table = new Table().AddColumns(["", .. columns, "seconds"]);
        for (int i = 0; i < runs[0].Count; i++)
        {
            Result[] of = [.. runs.Select(run => run[i])];
            table.AddRow([of[0].Contender.Name, .. columns.Select(c => of[0].Figures.ContainsKey(c) ? Text([.. of.Select(r => r.Figures[c])]) : ""), Text([.. of.Select(r => r.Training.TotalSeconds)])]);
        }

        AnsiConsole.Write(table);
    }

    private static string Text(double[] values)
    {
        double mean = values.Average(), deviation = values.Length < 2 ? 0 : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
        return values.Length < 2 ? mean.ToString("G4", CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{mean:G4} ± {deviation:G2}");
    }
}
