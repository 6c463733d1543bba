using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Distances;

namespace Toolkit.Modeling.Tests.Distances;

/// <summary>Distances up to small changes.</summary>
public sealed class TangentDistanceTests
{
    private readonly RandomSource random = new(21);

    /// <summary>A6.5.</summary>
    [Fact]
    public void Moving_along_a_tangent_costs_nothing()
    {
        double[] x = Normal(20);
        double[][] tangents = [Normal(20), Normal(20), Normal(20)];
        double[] moved = [.. x.Select((v, i) => v + (0.7 * tangents[0][i]) - (1.3 * tangents[1][i]) + (0.2 * tangents[2][i]))];
        Assert.Equal(0.0, new TangentDistance().OneSided(moved, x, tangents), 1e-12);
        Assert.True(Euclidean(moved, x) > 1);
    }

    /// <summary>A6.5.</summary>
    [Fact]
    public void Two_sided_is_at_most_one_sided_is_at_most_euclidean_and_symmetric()
    {
        for (int trial = 0; trial < 50; trial++)
        {
            double[] x = Normal(12), y = Normal(12);
            double[][] atX = [Normal(12), Normal(12)], atY = [Normal(12), Normal(12)];
            foreach (double ridge in new[] { 0.0, 0.1 })
            {
                var distance = new TangentDistance { Ridge = ridge };
                double two = distance.TwoSided(x, y, atX, atY), one = distance.OneSided(x, y, atY);
                Assert.True(one <= Euclidean(x, y));
                Assert.Equal(two, distance.TwoSided(y, x, atY, atX), 1e-12);
                if (ridge == 0.0)
                    Assert.True(two <= one);
            }
        }
    }

    /// <summary>Along a tangent of squared length ‖t‖² a step is shortened to the share ‖t‖²/(‖t‖² + λm), where m is the mean of the squared lengths.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(3.0)]
    public void A_ridge_shortens_the_steps_along_tangents(double ridge)
    {
        double[] y = [3, -1, 2];
        double mean = (1 + 4) / 2.0, first = 3 * ridge * mean / (1 + (ridge * mean)), second = 1 * ridge * mean / (4 + (ridge * mean));
        Assert.Equal(
            Math.Sqrt((first * first) + (second * second) + 4), new TangentDistance { Ridge = ridge }.OneSided([0, 0, 0], y, [[1, 0, 0], [0, 2, 0]]), 1e-12);
    }

    [Fact]
    public void Tangents_of_an_image_are_what_small_changes_do_to_it()
    {
        var size = new ImageSize(1, 16, 16);
        double[] At(double dx, double dy, double turn, double grow) => [.. Enumerable.Range(0, 256).Select(i =>
        {
            double x = (i % 16) - 7.5, y = (i / 16) - 7.5;
            double u = ((1 + grow) * (x + (turn * y))) + dx, v = ((1 + grow) * (y - (turn * x))) + dy;
            return Math.Exp(-(((u - 1) * (u - 1)) + (0.4 * v * v) + (0.3 * u * v)) / 18);
        })];
        double[] image = At(0, 0, 0, 0);
        double[][] tangents = ImageTangents.Of(image, size, 0);
        const double Step = 1e-5;
        foreach ((int t, double[] moved) in new[] { (0, At(Step, 0, 0, 0)), (1, At(0, Step, 0, 0)), (2, At(0, 0, 0, Step)), (3, At(0, 0, Step, 0)) })
        {
            double[] actual = [.. moved.Zip(image, (a, b) => (a - b) / Step)];
            for (int i = 0; i < 256; i++)
            {
                // Central differences of pixels are derivatives up to curvature; the border has one side only.
                if (i % 16 is > 0 and < 15 && i / 16 is > 0 and < 15)
                    Assert.Equal(actual[i], tangents[t][i], 0.05);
            }
        }

        Assert.Equal(image.Sum(), ImageTangents.Smooth(image, size, 0.7).Sum(), 0.5);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Contains("at least 0", Assert.Throws<ArgumentOutOfRangeException>(() => new TangentDistance { Ridge = -1 }).Message);
        Assert.Contains("found 2 and 3", Assert.Throws<ArgumentException>(() => new TangentDistance().OneSided([1, 2], [1, 2, 3], [])).Message);
        Assert.Contains("found one of 1", Assert.Throws<ArgumentException>(() => new TangentDistance().OneSided([1, 2], [1, 2], [[1]])).Message);
        Assert.Contains("independent", Assert.Throws<ArgumentException>(() => new TangentDistance().OneSided([1, 2], [0, 1], [[1, 1], [1, 1]])).Message);
        Assert.Contains("1 × 2 × 2", Assert.Throws<ArgumentException>(() => ImageTangents.Of([1.0], new ImageSize(1, 2, 2), 0)).Message);
    }

    private double[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];

    private static double Euclidean(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (p, q) => (p - q) * (p - q)).Sum());
}
