using System.Numerics;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public class SoftmaxTests
{
    private static readonly (int Outer, int Axis, int Inner)[] Shapes =
        [(1, 1, 1), (3, 10, 1), (64, 10, 1), (5, 8, 1), (2, 1000, 1), (7, 33, 1), (2, 5, 3), (3, 4, 8), (1, 6, 19), (2, 3, 40), (0, 3, 2), (2, 2, 0), (900, 33, 1)];

    [Fact]
    public void Both_forms_match_a_naive_loop_in_single() => Check<float>(2e-6);

    [Fact]
    public void Both_forms_match_a_naive_loop_in_double() => Check<double>(4e-15);

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    public void Large_inputs_do_not_overflow(int inner)
    {
        using Workers workers = new(1);
        float[] x = [.. Enumerable.Range(0, 3 * inner).Select(i => 1e4f * (i / inner))], y = new float[3 * inner];
        Softmax.Forward<float>(x, 1, 3, inner, y, workers);
        Assert.All(y[..inner], v => Assert.Equal(0, v));
        Assert.All(y[(2 * inner)..], v => Assert.Equal(1, v));
        Softmax.LogForward<float>(x, 1, 3, inner, y, workers);
        Assert.All(y[..inner], v => Assert.Equal(-2e4f, v));
        Assert.All(y[(2 * inner)..], v => Assert.Equal(0, v));
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(20, 1)]
    [InlineData(3, 11)]
    public void Minus_infinity_gets_no_share_unless_it_is_alone(int axis, int inner)
    {
        using Workers workers = new(1);
        double[] x = new double[axis * inner], y = new double[axis * inner];
        Array.Fill(x, double.NegativeInfinity);
        Softmax.Forward<double>(x, 1, axis, inner, y, workers);
        Assert.All(y, v => Assert.Equal(double.NaN, v));
        Softmax.LogForward<double>(x, 1, axis, inner, y, workers);
        Assert.All(y, v => Assert.Equal(double.NaN, v));
        Array.Clear(x, 0, inner);
        Softmax.Forward<double>(x, 1, axis, inner, y, workers);
        Assert.All(y[..inner], v => Assert.Equal(1, v));
        Assert.All(y[inner..], v => Assert.Equal(0, v));
        Array.Fill(x, double.NaN, 0, inner);
        Softmax.Forward<double>(x, 1, axis, inner, y, workers);
        Assert.All(y, v => Assert.Equal(double.NaN, v));
    }

    /// <summary>In whole vectors, in the last partial one, and in rows of several blocks.</summary>
    [Theory]
    [InlineData(21)]
    [InlineData(128)]
    [InlineData(4_111)]
    public void One_NaN_makes_its_row_NaN_wherever_it_is(int axis)
    {
        using Workers workers = new(1);
        float[] x = new float[axis], y = new float[axis];
        foreach (int place in new[] { 0, 1, 15, 16, 20, axis - 17, axis - 1 }.Where(place => place >= 0 && place < axis))
        {
            for (int i = 0; i < axis; i++)
                x[i] = i * 37 % 101;
            x[place] = float.NaN;
            Softmax.Forward<float>(x, 1, axis, 1, y, workers);
            Assert.All(y, v => Assert.Equal(float.NaN, v));
            Softmax.LogForward<float>(x, 1, axis, 1, y, workers);
            Assert.All(y, v => Assert.Equal(float.NaN, v));
        }
    }

    private static void Check<T>(double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int seed = 0;
        foreach ((int outer, int axis, int inner) in Shapes)
        {
            T[] x = [.. Numbers.Random<T>(outer * axis * inner, ++seed).Select(v => v * T.CreateChecked(8))];
            double[] soft = new double[x.Length], log = new double[x.Length];
            for (int o = 0; o < outer; o++)
            {
                for (int i = 0; i < inner; i++)
                {
                    double sum = 0;
                    for (int a = 0; a < axis; a++)
                        sum += Math.Exp(double.CreateChecked(x[At(o, a, i)]));
                    for (int a = 0; a < axis; a++)
                    {
                        log[At(o, a, i)] = double.CreateChecked(x[At(o, a, i)]) - Math.Log(sum);
                        soft[At(o, a, i)] = Math.Exp(log[At(o, a, i)]);
                    }
                }
            }

            T[]? first = null, firstLog = null;
            for (int threads = 1; threads <= 3; threads++)
            {
                using Workers workers = new(threads);
                T[] y = new T[x.Length], z = new T[x.Length];
                Softmax.Forward<T>(x, outer, axis, inner, y, workers);
                Softmax.LogForward<T>(x, outer, axis, inner, z, workers);
                Numbers.Close<T>(soft, y, tolerance, $"softmax {outer} {axis} {inner}");
                Numbers.Close<T>(log, z, tolerance, $"log-softmax {outer} {axis} {inner}");
                Numbers.SameBits<T>(first ??= y, y, "softmax");
                Numbers.SameBits<T>(firstLog ??= z, z, "log-softmax");

                // In place.
                T[] same = [.. x];
                Softmax.Forward<T>(same, outer, axis, inner, same, workers);
                Numbers.SameBits<T>(y, same, "softmax in place");
                same = [.. x];
                Softmax.LogForward<T>(same, outer, axis, inner, same, workers);
                Numbers.SameBits<T>(z, same, "log-softmax in place");
            }

            int At(int o, int a, int i) => (((o * axis) + a) * inner) + i;
        }
    }
}
