namespace Toolkit.Modeling.Data;

/// <summary>Means in the place of numbers that are missing.</summary>
internal static class GapMeans
{
    /// <summary>Fills gaps: a row of weight w counts like w rows.</summary>
    /// <param name="content">Numbers, row by row.</param>
    /// <param name="columns">The numbers of a row.</param>
    /// <param name="gaps">The places of those that are missing.</param>
    /// <param name="given">The mean of each column; null for that of the numbers that are there.</param>
    /// <param name="weight">The weight of a row.</param>
    /// <param name="noMean">What is wrong with a column without numbers.</param>
    /// <exception cref="ArgumentException">There are not as many means as columns.</exception>
    public static void Fill(Span<float> content, int columns, IReadOnlyCollection<int> gaps, IReadOnlyList<float>? given, Func<int, double> weight, Func<int, DataException> noMean)
    {
        if (given is not null && given.Count != columns)
            throw new ArgumentException($"Expected in {nameof(CsvOptions.Means)} one for each of {columns} columns, found {given.Count}.", nameof(given));
        if (gaps.Count == 0)
            return;
        double[]? sums = null, counts = null;
        if (given is null)
            (sums, counts) = Sums(content, columns, [.. gaps], weight);
        foreach (int gap in gaps)
        {
            int column = gap % columns;
            content[gap] = given is not null ? given[column] : counts![column] > 0 ? (float)(sums![column] / counts[column]) : throw noMean(column);
        }
    }

    /// <summary>Mean and deviation of the numbers that are there, in double precision and two passes.</summary>
    /// <param name="content">Numbers, row by row.</param>
    /// <param name="columns">The numbers of a row.</param>
    /// <param name="gaps">The places of those that are missing.</param>
    /// <param name="weight">The weight of a row.</param>
    /// <param name="noMean">What is wrong with a column without numbers.</param>
    public static FeatureScaling Measured(ReadOnlySpan<float> content, int columns, IReadOnlyCollection<int> gaps, Func<int, double> weight, Func<int, DataException> noMean)
    {
        HashSet<int> missing = [.. gaps];
        (double[] sums, double[] counts) = Sums(content, columns, missing, weight);
        double[] mean = [.. sums.Select((sum, column) => counts[column] > 0 ? sum / counts[column] : throw noMean(column))];
        double[] squares = new double[columns];
        for (int i = 0; i < content.Length; i++)
        {
            if (!missing.Contains(i))
                squares[i % columns] += weight(i / columns) * (content[i] - mean[i % columns]) * (content[i] - mean[i % columns]);
        }

        return new FeatureScaling(Array.ConvertAll(mean, number => (float)number), [.. squares.Select((square, column) => FeatureScaling.DeviationOf(square / counts[column], mean[column]))]);
    }

    /// <summary>The mean of each column of a field, a row of weight w counting like w rows.</summary>
    public static float[] Of(Dataset data, string field)
    {
        double[] sums = [];
        double total = data.TotalWeight();
        int row = 0;
        foreach (Batch batch in data.Batches(new BatchOptions { Size = 1024 }))
        {
            ReadOnlySpan<float> numbers = batch[field].Span<float>();
            int columns = numbers.Length / batch.Count;
            if (sums.Length == 0)
                sums = new double[columns];
            for (int i = 0; i < numbers.Length; i++)
                sums[i % columns] += data.WeightOf(row + (i / columns)) * (double)numbers[i];
            row += batch.Count;
        }

        return Array.ConvertAll(sums, sum => (float)(sum / total));
    }

    private static (double[] Sums, double[] Counts) Sums(ReadOnlySpan<float> content, int columns, HashSet<int> gaps, Func<int, double> weight)
    {
        double[] sums = new double[columns], counts = new double[columns];
        for (int i = 0; i < content.Length; i++)
        {
            if (gaps.Contains(i))
                continue;
            double w = weight(i / columns);
            sums[i % columns] += w * content[i];
            counts[i % columns] += w;
        }

        return (sums, counts);
    }
}
