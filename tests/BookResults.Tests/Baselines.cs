using Toolkit.MadeData;
using Toolkit.Modeling.Data;
using Toolkit.Samples.BookResults.Data;

namespace Toolkit.BookResults.Tests;

/// <summary>What simple rules in plain loops make of the made data, and what those who know how the data are made could: bounds for what is learned from them.</summary>
internal static class Baselines
{
    private static readonly DataFolder Data = new(DataFiles.Folder);

    public static (Dataset Train, Dataset Test) OptDigits => Data.OptDigits();

    public static (Dataset Train, Dataset Test) Digits => Data.Digits();

    public static (Dataset Train, Dataset Test) Usps
    {
        get
        {
            return (Of("train"), Of("test"));

            static Dataset Of(string part)
            {
                Samples.BookResults.Data.Usps digits = Samples.BookResults.Data.Usps.Load(Data, part);
                return Dataset.FromLabels(digits.Images, [256], digits.Labels, 10);
            }
        }
    }

    /// <summary>The nine grades of the made patients, the class first; the target of the made houses, then 13 numbers; the class of the made flowers, then four lengths.</summary>
    public static double[][] Rows(string set) => set switch
    {
        "breast-cancer" => Data.Rows(set, "breast-cancer-withheader.txt", '\t', 1),
        "boston-housing" => Data.Rows(set, "housing.txt", '\t', 1),
        _ => [.. File.ReadLines(Data.File("iris", "iris.txt")).Skip(1).Select(line => line.Split('\t').Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture)).ToArray())],
    };

    /// <summary>Errors of the nearest training example.</summary>
    public static int NearestNeighbour(Dataset train, Dataset test)
    {
        int errors = 0, length = train.Features.Length / train.Count;
        ReadOnlySpan<float> x = train.Features.Span, z = test.Features.Span;
        for (int t = 0; t < test.Count; t++)
        {
            (double least, int nearest) = (double.PositiveInfinity, 0);
            for (int i = 0; i < train.Count; i++)
            {
                double distance = 0;
                for (int j = 0; j < length && distance < least; j++)
                    distance += Math.Pow((double)x[(i * length) + j] - z[(t * length) + j], 2);
                if (distance < least)
                    (least, nearest) = (distance, i);
            }

            errors += train.Labels.Span[nearest] == test.Labels.Span[t] ? 0 : 1;
        }

        return errors;
    }

    /// <summary>The error of the nearest mean of a class, in percent.</summary>
    public static double NearestMean(Dataset train, Dataset test)
    {
        int length = train.Features.Length / train.Count, errors = 0;
        var means = new double[10 * length];
        var counts = new int[10];
        for (int i = 0; i < train.Count; i++)
        {
            int label = (int)train.Labels.Span[i];
            counts[label]++;
            for (int j = 0; j < length; j++)
                means[(label * length) + j] += train.Features.Span[(i * length) + j];
        }

        for (int t = 0; t < test.Count; t++)
        {
            (double least, int nearest) = (double.PositiveInfinity, 0);
            for (int c = 0; c < 10; c++)
            {
                double distance = 0;
                for (int j = 0; j < length; j++)
                    distance += Math.Pow((means[(c * length) + j] / counts[c]) - test.Features.Span[(t * length) + j], 2);
                if (distance < least)
                    (least, nearest) = (distance, c);
            }

            errors += nearest == test.Labels.Span[t] ? 0 : 1;
        }

        return 100.0 * errors / test.Count;
    }

    /// <summary>Softmax regression by descent along the whole gradient, from 0, at a rate that falls from 0.5 to 0: the test error in percent, and the training loss in nats.</summary>
    public static (double Error, double Loss) Logistic(Dataset train, Dataset test, int steps)
    {
        int length = train.Features.Length / train.Count;
        double[] w = new double[10 * (length + 1)], p = new double[10];
        double loss = 0;
        for (int step = 0; step < steps; step++)
        {
            var gradient = new double[w.Length];
            loss = 0;
            for (int i = 0; i < train.Count; i++)
            {
                ReadOnlySpan<float> x = train.Features.Span.Slice(i * length, length);
                int label = (int)train.Labels.Span[i];
                Probabilities(x);
                loss -= Math.Log(p[label]) / train.Count;
                for (int c = 0; c < 10; c++)
                {
                    double g = (p[c] - (c == label ? 1 : 0)) / train.Count;
                    for (int j = 0; j < length; j++)
                        gradient[(c * (length + 1)) + j] += g * x[j];
                    gradient[(c * (length + 1)) + length] += g;
                }
            }

            for (int k = 0; k < w.Length; k++)
                w[k] -= 0.5 * (1 - ((double)step / steps)) * gradient[k];
        }

        int errors = 0;
        for (int t = 0; t < test.Count; t++)
        {
            Probabilities(test.Features.Span.Slice(t * length, length));
            errors += Array.IndexOf(p, p.Max()) == test.Labels.Span[t] ? 0 : 1;
        }

        return (100.0 * errors / test.Count, loss);

        void Probabilities(ReadOnlySpan<float> x)
        {
            for (int c = 0; c < 10; c++)
            {
                p[c] = w[(c * (length + 1)) + length];
                for (int j = 0; j < length; j++)
                    p[c] += w[(c * (length + 1)) + j] * x[j];
            }

            double greatest = p.Max(), sum = p.Sum(z => Math.Exp(z - greatest));
            for (int c = 0; c < 10; c++)
                p[c] = Math.Exp(p[c] - greatest) / sum;
        }
    }

    /// <summary>The root of the mean squared error of a plane through rows of a target and columns that are independent of each other: what no slope explains.</summary>
    public static double Plane(double[][] rows)
    {
        double mean = rows.Average(r => r[0]), left = rows.Average(r => (r[0] - mean) * (r[0] - mean));
        for (int column = 1; column < rows[0].Length; column++)
        {
            double centre = rows.Average(r => r[column]), slope = rows.Sum(r => (r[column] - centre) * (r[0] - mean)), spread = rows.Sum(r => (r[column] - centre) * (r[column] - centre));
            left -= slope * slope / spread / rows.Length;
        }

        return Math.Sqrt(left);
    }

    /// <summary>The least error in percent of a threshold on a score, for rows of a class 0 or 1 and columns.</summary>
    public static double Threshold(double[][] rows, Func<double[], double> score) => 100 * rows.Select(score).Distinct()
        .Min(border => rows.Average(row => (score(row) > border ? 1 : 0) == row[0] ? 0.0 : 1.0));

    /// <summary>The share of pairs of both classes that a score puts in the right order; ties count half.</summary>
    public static double Area(double[][] rows, Func<double[], double> score)
    {
        double[] high = [.. rows.Where(r => r[0] == 1).Select(score)], low = [.. rows.Where(r => r[0] == 0).Select(score)];
        return high.Average(h => low.Average(l => h > l ? 1.0 : h == l ? 0.5 : 0.0));
    }

    /// <summary>The accuracy in percent and the nats of one who knows the means and the deviation of the made flowers.</summary>
    public static (double Accuracy, double Nats) TrueFlowers(double[][] rows)
    {
        double[][] means = [[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.5, 2.0]];
        double right = 0, nats = 0;
        foreach (double[] row in rows)
        {
            double[] scores = [.. means.Select(m => m.Select((v, j) => Math.Pow(row[j + 1] - v, 2)).Sum() / (-2 * 0.3 * 0.3))];
            double greatest = scores.Max();
            right += Array.IndexOf(scores, greatest) == row[0] ? 1 : 0;
            nats -= scores[(int)row[0]] - greatest - Math.Log(scores.Sum(s => Math.Exp(s - greatest)));
        }

        return (100 * right / rows.Length, nats / rows.Length);
    }
}
