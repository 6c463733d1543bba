using System.Globalization;
using Toolkit.Modeling;

namespace Toolkit.MadeData;

/// <summary>Tables with a number to predict, by formulas that are neither lines nor staircases, with noise of known size.</summary>
internal static class Numbers
{
    public static void Write(string folder)
    {
        Boston(folder);
        Wine(DataFiles.Into(folder, "wine-quality", "winequality-white.csv"));
        California(DataFiles.Into(folder, "california-housing", "housing.csv"));
    }

    /// <summary>A target of 13 normal numbers, by a bend, a product and a slope, with noise of deviation 2, and 20 divisions of the 506 rows.</summary>
    private static void Boston(string folder)
    {
        var random = new RandomSource(15);
        File.WriteAllLines(DataFiles.Into(folder, "boston-housing", "housing.txt"), ["Value\t" + string.Join('\t', Enumerable.Range(1, 13)), .. Enumerable.Range(0, 506).Select(_ =>
        {
            double[] x = [.. Enumerable.Range(0, 13).Select(_ => random.NextNormal())];
            return DataFiles.Cells('\t', [22 + (6 * Math.Abs(x[0])) + (3 * x[1] * x[2]) + (4 * x[3]) + (2 * random.NextNormal()), .. x]);
        })]);
        File.WriteAllLines(DataFiles.Into(folder, "boston-housing", "splits20.csv"), ["split,test_row_indices", .. Enumerable.Range(0, 20).Select(split =>
        {
            int[] rows = [.. Enumerable.Range(0, 506)];
            random.Shuffle(rows.AsSpan());
            return $"{split},{string.Join(' ', rows[..51])}";
        })]);
    }

    /// <summary>Grades from 3 to 9 of eleven measurements: best in the middle of the first, by a product of two and by a slope, with noise of deviation ½.</summary>
    private static void Wine(string path)
    {
        var random = new RandomSource(18);
        File.WriteAllLines(path, [string.Join(',', Enumerable.Range(1, 11).Select(c => $"measure{c}")) + ",quality", .. Enumerable.Range(0, 1500).Select(_ =>
        {
            double[] x = [.. Enumerable.Range(0, 11).Select(_ => random.NextNormal())];
            double grade = 6.4 - (0.6 * x[0] * x[0]) + (0.6 * x[1] * x[2]) + (0.4 * x[3]) + (0.5 * random.NextNormal());
            return $"{DataFiles.Cells(',', x)},{(int)Math.Clamp(Math.Round(grade), 3, 9)}";
        })]);
    }

    /// <summary>House values by income, rooms and the distance to a coast that runs along a diagonal; one in fifty counts of bedrooms is missing. The noise is a tenth of the
    /// value, so that dear houses are less sure.</summary>
    private static void California(string path)
    {
        var random = new RandomSource(19);
        string[] near = ["INLAND", "NEAR OCEAN", "NEAR BAY"];
        File.WriteAllLines(path, ["longitude,latitude,housing_median_age,total_rooms,total_bedrooms,population,households,median_income,median_house_value,ocean_proximity",
            .. Enumerable.Range(0, 3000).Select(_ =>
            {
                double longitude = -124 + (10 * random.NextDouble()), latitude = 32.5 + (9 * random.NextDouble()), age = 1 + random.NextInt32(52);
                double households = Math.Round(Math.Exp(random.NextNormal(6, 0.7))) + 2, rooms = Math.Round(households * random.NextUniform(3, 8));
                double bedrooms = Math.Round(rooms * random.NextUniform(0.15, 0.3)) + 1, people = Math.Round(households * random.NextUniform(1.5, 4.5)), income = Math.Exp(random.NextNormal(1.2, 0.45));
                double inland = Math.Abs(longitude + latitude + 82) / Math.Sqrt(2);
                double value = 1000 * (60 + (45 * income) + (150 * Math.Exp(-inland)) + (8 * (rooms / households)) + (20 * Math.Sin(2 * latitude)));
                value = Math.Round(Math.Clamp(value * (1 + (0.1 * random.NextNormal())), 15_000, 500_001));
                string text = random.NextInt32(50) == 0 ? "" : bedrooms.ToString(CultureInfo.InvariantCulture);
                return FormattableString.Invariant(
                    $"{longitude:F2},{latitude:F2},{age},{rooms},{text},{people},{households},{income:F4},{value},{near[inland > 1 ? 0 : latitude < 37 ? 1 : 2]}");
            })]);
    }
}
