using Toolkit.Modeling.Data;
using Toolkit.Samples.BookResults.Data;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>Exact counts that show that data are read as they should be.</summary>
internal sealed class NearestNeighbour : Experiment
{
    public override string Name => "nearest-neighbour";

    public override string Source => "One nearest neighbour: exact numbers of errors of two digit sets";

    public override string Settings => "Euclidean distance; optdigits 3,823 / 1,797, USPS 7,291 / 2,007";

    public override int Epochs => 1;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.OptDigits();
        Usps usps = Usps.Load(laboratory.Data, "train"), uspsTest = Usps.Load(laboratory.Data, "test");
        return
        [
            new("errors on optdigits", Errors(train.Features.ToArray(), train.Labels.ToArray(), test.Features.ToArray(), test.Labels.ToArray(), 64, laboratory), "36"),
            new("errors on USPS", Errors(usps.Images, usps.Labels, uspsTest.Images, uspsTest.Labels, Usps.Pixels, laboratory), "113"),
        ];
    }

    private static int Errors(float[] x, long[] y, float[] testX, long[] testY, int length, Laboratory laboratory)
    {
        int errors = 0;
        for (int t = 0; t < testY.Length; t++)
        {
            laboratory.ThrowIfCancelled();
            (double least, int nearest) = (double.PositiveInfinity, 0);
            for (int i = 0; i < y.Length; i++)
            {
                double distance = Distance(x.AsSpan(i * length, length), testX.AsSpan(t * length, length), least);
                if (distance < least)
                    (least, nearest) = (distance, i);
            }

            errors += y[nearest] != testY[t] ? 1 : 0;
        }

        return errors;
    }

    /// <summary>The squared distance, or any greater number once it is above what is of interest.</summary>
    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b, double enough)
    {
        double sum = 0;
        for (int start = 0; start < a.Length && sum < enough; start += 16)
        {
            for (int i = start; i < start + 16; i++)
            {
                double difference = a[i] - (double)b[i];
                sum += difference * difference;
            }
        }

        return sum;
    }
}
