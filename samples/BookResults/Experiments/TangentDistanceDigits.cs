using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Distances;
using Toolkit.Samples.BookResults.Data;
using SevenTangents = Toolkit.Modeling.Distances.ImageTangents;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class TangentDistanceDigits : Experiment
{
    private const int Candidates = 100;
    private const double Smoothing = 0.7;
    /// <summary>Digits touch the border of their pictures: paper around them leaves room for what is smoothed and moved.</summary>
    private const int Margin = 2, Side = Usps.Side + (2 * Margin);
    private static readonly ImageSize Size = new(1, Side, Side);

    public override string Name => "tangent-distance";

    public override string Source => "One nearest neighbour of USPS digits by tangent distance, book 7.14 (Simard, LeCun, Denker 1993)";

    public override string Settings =>
        "7,291 / 2,007 digits of 16 × 16; two pixels of paper around each; smoothed with a deviation of 0.7 pixels; seven tangents, one-sided those of the test image; among the 100 nearest by Euclidean distance; ridge 0.001";

    public override int Epochs => 1;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        Usps train = Usps.Load(laboratory.Data, "train"), test = Usps.Load(laboratory.Data, "test");
        double[][] smooth = Smooth(train), testSmooth = Smooth(test);
        double[][][] tangents = Tangents(smooth), testTangents = Tangents(testSmooth);
        var distance = new TangentDistance { Ridge = 1e-3 };
        int two = 0, one = 0, euclidean = 0;
        for (int t = 0; t < test.Labels.Length; t++)
        {
            laboratory.ThrowIfCancelled();
            int[] near = Nearest(smooth, testSmooth[t]);
            euclidean += train.Labels[near[0]] != test.Labels[t] ? 1 : 0;
            one += train.Labels[near.MinBy(i => distance.OneSided(smooth[i], testSmooth[t], testTangents[t]))] != test.Labels[t] ? 1 : 0;
            two += train.Labels[near.MinBy(i => distance.TwoSided(testSmooth[t], smooth[i], testTangents[t], tangents[i]))] != test.Labels[t] ? 1 : 0;
        }

        double share = 100.0 / test.Labels.Length;
        return
        [
            new("errors, two-sided", two, "54"),
            new("error %, two-sided", share * two, "2.69; 2.5 (Simard et al. 1993)"),
            new("errors, one-sided", one, "69"),
            new("errors, Euclidean on smoothed images", euclidean, "113 on images as they are"),
            new("error %, Euclidean on smoothed images", share * euclidean, "5.63 on images as they are; 5.5 (ESL)"),
        ];
    }

    private static double[][] Smooth(Usps digits) => [.. digits.Images.Chunk(Usps.Pixels).Select(image => SevenTangents.Smooth(Pad(image), Size, Smoothing))];

    private static double[] Pad(float[] image)
    {
        var wide = new double[Size.Pixels];
        Array.Fill(wide, -1.0);
        for (int i = 0; i < image.Length; i++)
            wide[((Margin + (i / Usps.Side)) * Side) + Margin + (i % Usps.Side)] = image[i];
        return wide;
    }

    private static double[][][] Tangents(double[][] images) => [.. images.Select(image => SevenTangents.Of(image, Size, 0))];

    private static int[] Nearest(double[][] images, double[] image)
    {
        double[] distances = [.. images.Select(other => System.Numerics.Tensors.TensorPrimitives.Distance<double>(other, image))];
        int[] rows = [.. Enumerable.Range(0, images.Length)];
        Array.Sort(distances, rows);
        return rows[..Candidates];
    }
}
