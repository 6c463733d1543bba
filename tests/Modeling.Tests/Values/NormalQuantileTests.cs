using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Tests.Values;

public class NormalQuantileTests
{
    public static TheoryData<double> Levels =>
    [
        1e-300, 1e-200, 1e-100, 1e-50, 1e-30, 1e-20, 1e-16, 1e-13, 1e-12, 1e-11, 1e-10, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.0749, 0.075, 0.0751, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.49, 0.4999,
    ];

    /// <summary>A relative error e of z makes one of z²·e of the tail behind it.</summary>
    [Theory]
    [MemberData(nameof(Levels))]
    public void The_distribution_function_gives_the_level_back(double level)
    {
        double z = NormalQuantile.Of(level);
        Assert.True(z < 0);
        Assert.Equal(1, Tail(-z) / level, 4e-15 * (2 + (z * z)));
        if (level > 1e-3)
            Assert.Equal(-z, NormalQuantile.Of(1 - level), 1e-11);
    }

    [Fact]
    public void The_median_is_0() => Assert.Equal(0.0, NormalQuantile.Of(0.5));

    /// <summary>1 − Φ(z): up to 2.5 by Φ(z) = ½ + φ(z)(z + z³/3 + z⁵/(3·5) + …), beyond by the continued fraction φ(z)/(z + 1/(z + 2/(z + 3/(z + …)))).</summary>
    private static double Tail(double z)
    {
        double density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        if (z < 2.5)
        {
            double sum = 0, term = z;
            for (int k = 1; term > 1e-20; k++)
            {
                sum += term;
                term *= z * z / ((2 * k) + 1);
            }

            return 0.5 - (density * sum);
        }

        double fraction = z;
        for (int k = 400; k >= 1; k--)
            fraction = z + (k / fraction);
        return density / fraction;
    }
}
