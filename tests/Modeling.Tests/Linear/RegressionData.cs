using System.Globalization;

namespace Toolkit.Modeling.Tests.Linear;

/// <summary>The regression data of least angle regression (Efron et al. 2004) and of prostate cancer (Stamey et al. 1989).</summary>
internal static class RegressionData
{
    /// <summary>Columns centred and of length 1, target centred.</summary>
    public static (double[] X, double[] Y) Diabetes()
    {
        double[][] table = [.. File.ReadLines(Path.Combine(SharedData.Folder("lasso-paths"), "diabetes.tab.txt")).Skip(1).Where(l => l.Length > 0)
            .Select(l => l.Split('\t').Select(Number).ToArray())];
        (double[] mean, double[] square) = Moments(table, 11);
        return ([.. table.SelectMany(row => row[..10].Select((v, c) => (v - mean[c]) / Math.Sqrt(square[c])))], [.. table.Select(row => row[10] - mean[10])]);
    }

    /// <summary>Predictors with mean 0 and variance 1 (divided by n − 1) over all 97 rows; the last element of each row tells training rows.</summary>
    public static (double[][] X, double[] Y, bool[] Train) Prostate()
    {
        string[][] cells = [.. File.ReadLines(Path.Combine(SharedData.Folder("lasso-paths"), "prostate.data")).Skip(1).Where(l => l.Length > 0)
            .Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
        double[][] table = [.. cells.Select(row => row[1..10].Select(Number).ToArray())];
        (double[] mean, double[] square) = Moments(table, 9);
        return (
            [.. table.Select(row => row[..8].Select((v, c) => (v - mean[c]) / Math.Sqrt(square[c] / (table.Length - 1))).ToArray())],
            [.. table.Select(row => row[8])],
            [.. cells.Select(row => row[10] == "T")]);
    }

    private static (double[] Mean, double[] Square) Moments(double[][] table, int columns)
    {
        double[] mean = [.. Enumerable.Range(0, columns).Select(c => table.Average(row => row[c]))];
        return (mean, [.. mean.Select((m, c) => table.Sum(row => (row[c] - m) * (row[c] - m)))]);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
