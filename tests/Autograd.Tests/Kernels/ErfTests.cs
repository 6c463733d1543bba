using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public class ErfTests
{
    [Fact]
    public void Double_values_match_series_and_continued_fraction()
    {
        double[] x = [.. Enumerable.Range(-7000, 14001).Select(i => (i * 0.001) + 1e-7)];
        double[] y = new double[x.Length];
        foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
        {
            VectorFunctions.Apply<double, ErfFunction>(width, x, y);
            for (int i = 0; i < x.Length; i++)
                Assert.Equal(Reference(x[i]), y[i], 1e-15);
        }
    }

    [Fact]
    public void Single_values_are_within_one_millionth()
    {
        float[] x = [.. Enumerable.Range(-60000, 120001).Select(i => (float)((i * 0.0001) + 1e-6))];
        float[] y = new float[x.Length];
        double[] expected = [.. x.Select(v => Reference(v))];
        foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
        {
            VectorFunctions.Apply<float, ErfFunction>(width, x, y);
            for (int i = 0; i < x.Length; i++)
                Assert.True(Math.Abs(y[i] - expected[i]) <= 3e-7 * Math.Abs(expected[i]), $"erf({x[i]}) = {y[i]}, expected {expected[i]}");
        }
    }

    [Fact]
    public void Special_values_are_exact()
    {
        double[] x = [0, -0.0, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 30, -30, 1e-300], y = new double[8];
        VectorFunctions.Apply<double, ErfFunction>(x, y);
        Assert.Equal([0, -0.0, 1, -1, double.NaN, 1, -1, 2e-300 / Math.Sqrt(Math.PI)], y);
        Assert.True(double.IsNegative(y[1]));
        float[] x32 = [0, -0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 30, -30, 1e-30f, 3e38f, -3e38f], y32 = new float[10];
        VectorFunctions.Apply<float, ErfFunction>(x32, y32);
        Assert.Equal([0, -0f, 1, -1, float.NaN, 1, -1], y32[..7]);
        Assert.True(float.IsNegative(y32[1]));
        Assert.Equal(1e-30 * 2 / Math.Sqrt(Math.PI), y32[7], 1e-36);
        Assert.Equal([1, -1], y32[8..]);
    }

    // Maclaurin series in decimal-free double with all terms positive: erf(x) = 2/√π e^{−x²} Σ 2ⁿ x^{2n+1}/(2n+1)!!; beyond 1.5, 1 − erfc
    // by its continued fraction (Abramowitz and Stegun 7.1.6 and 7.1.14).
    private static double Reference(double x)
    {
        double a = Math.Abs(x), square = a * a;
        double gauss = Math.Exp(-square) * (1 - Math.FusedMultiplyAdd(a, a, -square));
        if (a < 1.5)
        {
            double term = a, sum = a;
            for (int n = 1; term > sum * 1e-20; n++)
            {
                term *= 2 * a * a / ((2 * n) + 1);
                sum += term;
            }

            return Math.CopySign(2 / Math.Sqrt(Math.PI) * gauss * sum, x);
        }

        double fraction = 0;
        for (int n = 500; n >= 1; n--)
            fraction = n / 2.0 / (a + fraction);
        return Math.CopySign(1 - (gauss / Math.Sqrt(Math.PI) / (a + fraction)), x);
    }
}
