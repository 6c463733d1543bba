using System.Globalization;

namespace Toolkit.Modeling.Tests.Linear;

/// <summary>Data for linear regression: made by a formula, and, where the files are there, those of least angle regression (Efron et al. 2004) and of prostate
/// cancer (Stamey et al. 1989).</summary>
internal static class RegressionData
{
    public const string Made = "made", Diabetes = "diabetes", Prostate = "prostate";

    /// <summary>Sources with ten columns; the diabetes data where they are there.</summary>
    public static TheoryData<string> Sources => [Made, .. SharedData.Has("lasso-paths") ? [Diabetes] : Array.Empty<string>()];

    /// <summary>Columns centred and of length 1, target centred.</summary>
    public static (double[] X, double[] Y) Load(string source)
    {
        double[][] table = source == Made ? MadeTable() : [.. File.ReadLines(Path.Combine(SharedData.Folder("lasso-paths"), "diabetes.tab.txt")).Skip(1)
            .Where(l => l.Length > 0).Select(l => l.Split('\t').Select(Number).ToArray())];
        (double[] mean, double[] square) = Moments(table, 11);
        return ([.. table.SelectMany(row => row[..10].Select((v, c) => (v - mean[c]) / Math.Sqrt(square[c])))], [.. table.Select(row => row[10] - mean[10])]);
    }

    /// <summary>The made data, of which every third row is for testing; or eight predictors of prostate cancer with mean 0 and variance 1 (divided by n − 1) over all
    /// 97 rows, of which the last cell of each tells those of training.</summary>
    public static (double[][] X, double[] Y, bool[] Train) Parted(string source)
    {
        if (source == Made)
        {
            (double[] x, double[] y) = Load(Made);
            return ([.. x.Chunk(10)], y, [.. y.Select((_, r) => r % 3 != 0)]);
        }

        string[][] cells = [.. File.ReadLines(Path.Combine(SharedData.Folder("lasso-paths"), "prostate.data")).Skip(1).Where(l => l.Length > 0)
            .Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
        double[][] table = [.. cells.Select(row => row[1..10].Select(Number).ToArray())];
        (double[] mean, double[] square) = Moments(table, 9);
        return (
            [.. table.Select(row => row[..8].Select((v, c) => (v - mean[c]) / Math.Sqrt(square[c] / (table.Length - 1))).ToArray())],
            [.. table.Select(row => row[8])],
            [.. cells.Select(row => row[10] == "T")]);
    }

    /// <summary>A hundred rows of ten columns and a target, from a linear congruential generator, so that any program can make the same numbers: even columns share a
    /// factor, 9 is nearly 5, and 4 is near 2 + 8 and has the opposite effect, so that it joins the lasso early, leaves and comes back.</summary>
    private static double[][] MadeTable()
    {
        ulong state = 1;
        double Next() => ((state = unchecked((state * 6364136223846793005) + 1442695040888963407)) >> 11) * (1.0 / (1L << 53)) - 0.5;
        return [.. Enumerable.Range(0, 100).Select(_ =>
        {
            double factor = Next();
            double[] x = [.. Enumerable.Range(0, 10).Select(c => c % 2 == 0 ? (factor * 0.75) + Next() : Next())];
            x[9] = x[5] + (0.25 * x[9]);
            x[4] = x[2] + x[8] + x[4];
            double y = 125.0 * ((2.5 * x[2]) + (2.25 * x[8]) - (0.375 * x[4]) + x[3] - (0.75 * x[6]) + (0.5 * x[1]) + (0.5 * x[9]) - (0.25 * x[0]) + (1.5 * Next()));
            return (double[])[.. x, y];
        })];
    }

    private static (double[] Mean, double[] Square) Moments(double[][] table, int columns)
    {
        double[] mean = [.. Enumerable.Range(0, columns).Select(c => table.Average(row => row[c]))];
        return (mean, [.. mean.Select((m, c) => table.Sum(row => (row[c] - m) * (row[c] - m)))]);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
