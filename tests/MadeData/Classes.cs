using System.Globalization;
using Toolkit.Modeling;

namespace Toolkit.MadeData;

/// <summary>Tables with classes whose structure is known.</summary>
internal static class Classes
{
    public static void Write(string folder)
    {
        Cancer(DataFiles.Into(folder, "breast-cancer", "breast-cancer-withheader.txt"));
        Iris(folder);
        foreach ((string file, int count, ulong seed) in new[] { ("adult-train-8k.csv", 2000, 16UL), ("adult-test-3k.csv", 1000, 17UL) })
            Adult(DataFiles.Into(folder, "adult", file), count, new RandomSource(seed));
    }

    /// <summary>Nine grades from 1 to 10 that rise with a hidden severity; the third with the highest severities is the class 1, so that many grades together tell it
    /// better than one.</summary>
    private static void Cancer(string path)
    {
        var random = new RandomSource(13);
        File.WriteAllLines(path, ["// made", "Label\t" + string.Join('\t', Enumerable.Range(1, 9)), .. Enumerable.Range(0, 683).Select(_ =>
        {
            double severity = random.NextNormal();
            int[] grades = [.. Enumerable.Range(0, 9).Select(_ => (int)Math.Clamp(Math.Round(4 + (2.5 * severity) + (1.5 * random.NextNormal())), 1, 10))];
            return $"{(severity > 0.45 ? 1 : 0)}\t{string.Join('\t', grades)}";
        })]);
    }

    /// <summary>Three classes of four lengths, each normal about its own means with a deviation of 0.3.</summary>
    private static void Iris(string folder)
    {
        var random = new RandomSource(14);
        double[][] means = [[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.5, 2.0]];
        double[][] rows = [.. Enumerable.Range(0, 150).Select(i => means[i / 50].Select(m => random.NextNormal(m, 0.3)).ToArray())];
        File.WriteAllLines(DataFiles.Into(folder, "iris", "iris.txt"), ["#Label\ta\tb\tc\td", .. rows.Select((row, i) => $"{i / 50}\t{DataFiles.Cells('\t', row)}")]);
        File.WriteAllLines(DataFiles.Into(folder, "iris", "iris.data"), rows.Select((row, i) => $"{DataFiles.Cells(',', row)},class-{i / 50}"));
    }

    /// <summary>Six numbers and eight texts; the chance of a high income depends on the texts and on age and hours in a way that is not a sum: long hours pay for those in
    /// the middle of life alone.</summary>
    private static void Adult(string path, int count, RandomSource random)
    {
        string[] header = ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "ethnicity", "sex", "capital-gain",
            "capital-loss", "hours-per-week", "native-country", "label(IsOver50K)"];
        File.WriteAllLines(path, [string.Join(", ", header), .. Enumerable.Range(0, count).Select(_ =>
        {
            int age = 17 + random.NextInt32(60), years = 1 + random.NextInt32(16), hours = 20 + random.NextInt32(50), work = random.NextInt32(5), marital = random.NextInt32(4);
            int gain = random.NextInt32(12) == 0 ? 1000 + random.NextInt32(20_000) : 0, loss = random.NextInt32(20) == 0 ? 500 + random.NextInt32(2000) : 0;
            double middle = age is > 32 and < 58 ? 1 : -1;
            double odds = -1.5 + (0.25 * (years - 8)) + (1.2 * middle * (hours - 45) / 14) + (marital == 0 ? 1.5 : 0) + (work == 1 ? 0.7 : 0) + (gain > 7000 ? 4 : 0);
            bool high = random.NextDouble() < 1 / (1 + Math.Exp(-odds));
            string[] cells = [Text(age), $"work-{work}", Text(100_000 + random.NextInt32(100_000)), $"school-{years}", Text(years), $"marital-{marital}", $"job-{random.NextInt32(6)}",
                $"kin-{random.NextInt32(5)}", $"origin-{random.NextInt32(3)}", random.NextInt32(2) == 0 ? "Female" : "Male", Text(gain), Text(loss), Text(hours), $"land-{random.NextInt32(8)}",
                high ? "1" : "0"];
            return string.Join(", ", cells);
        })]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
