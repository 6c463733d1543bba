using System.Numerics;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public class ReductionsTests
{
    private static readonly int[][] Shapes =
    [
        [], [1], [5], [0], [3, 0], [0, 3], [7, 9], [33, 65], [1, 70], [70, 1], [4, 5, 6], [2, 3, 4, 5], [3, 1, 5, 1, 7], [300, 17], [17, 300],
        [2, 600, 3], [3, 4, 1030], [1030, 3], [2, 3, 2, 3, 2], [40, 50, 30], [70000], [3, 40000], [40000, 3], [5, 20, 700],
    ];

    [Fact]
    public void All_kinds_over_all_sets_of_axes_match_a_naive_loop_in_single() => Check<float>(3e-6, Enum.GetValues<ReductionKind>());

    [Fact]
    public void All_kinds_over_all_sets_of_axes_match_a_naive_loop_in_double() => Check<double>(1e-14, Enum.GetValues<ReductionKind>());

    [Fact]
    public void Whole_numbers_reduce_exactly()
    {
        ReductionKind[] kinds = [ReductionKind.Sum, ReductionKind.Max, ReductionKind.Min, ReductionKind.Prod];
        Check<int>(0, kinds);
        Check<long>(0, kinds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Float_sums_have_the_error_of_pairwise_summation(bool leading)
    {
        // A million terms: plain summation of 0.1 is off by about 1e-3, pairwise by 1e-7 or so.
        float[] x = new float[4_000_000], y = new float[leading ? 4 : 1];
        Array.Fill(x, 0.1f);
        using Workers workers = new(2);
        if (leading)
            Reductions.Reduce<float>(ReductionKind.Sum, x, [1_000_000, 4], [true, false], y, workers);
        else
            Reductions.Reduce<float>(ReductionKind.Sum, x, [4_000_000], [true], y, workers);
        double expected = 0.1f * (double)(x.Length / y.Length);
        Assert.All(y, value => Assert.InRange(Math.Abs((value - expected) / expected), 0, 2e-6));
    }

    [Fact]
    public void NaN_wins_over_every_maximum_and_minimum()
    {
        using Workers workers = new(1);
        foreach (int at in (int[])[0, 1, 31, 32, 62, 99])
        {
            float[] x = new float[100], y = new float[1];
            x[at] = float.NaN;
            Reductions.Reduce<float>(ReductionKind.Max, x, [100], [true], y, workers);
            Assert.Equal(float.NaN, y[0]);
            Reductions.Reduce<float>(ReductionKind.Min, x, [100], [true], y, workers);
            Assert.Equal(float.NaN, y[0]);
        }
    }

    [Fact]
    public void A_reduction_of_nothing_gives_the_neutral_element()
    {
        using Workers workers = new(1);
        double[] y = new double[2];
        foreach ((ReductionKind kind, double value) in ((ReductionKind, double)[])[(ReductionKind.Sum, 0), (ReductionKind.Prod, 1), (ReductionKind.Max, double.NegativeInfinity), (ReductionKind.Min, double.PositiveInfinity), (ReductionKind.Mean, double.NaN)])
        {
            Reductions.Reduce<double>(kind, [], [2, 0], [false, true], y, workers);
            Assert.Equal([value, value], y);
        }

        long[] z = new long[1];
        Reductions.Reduce<long>(ReductionKind.Max, [], [0], [true], z, workers);
        Assert.Equal(long.MinValue, z[0]);
    }

    private static void Check<T>(double tolerance, ReductionKind[] kinds)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        Workers[] pools = [new(1), new(2), new(3)];
        int seed = 0;
        foreach (int[] shape in Shapes)
        {
            int count = shape.Aggregate(1, (a, b) => a * b);
            T[] x = Numbers.Random<T>(count, ++seed);
            if (tolerance == 0)
                x = [.. Enumerable.Range(0, count).Select(i => T.CreateTruncating((i * 7919 % 13) - 6))];
            for (int mask = 0; mask < 1 << shape.Length; mask++)
            {
                bool[] reduced = [.. shape.Select((_, axis) => (mask >> axis & 1) != 0)];
                int outputs = shape.Where((_, axis) => !reduced[axis]).Aggregate(1, (a, b) => a * b);
                foreach (ReductionKind kind in kinds)
                {
                    if (tolerance == 0 && kind == ReductionKind.Prod && count > 20)
                        continue;
                    double[] expected = Naive(kind, x, shape, reduced, outputs);
                    T[]? first = null;
                    foreach (Workers workers in pools)
                    {
                        T[] y = new T[outputs];
                        Reductions.Reduce<T>(kind, x, shape, reduced, y, workers);
                        string what = $"{kind} [{string.Join(",", shape)}] mask {mask} threads {workers.Threads}";
                        if (tolerance != 0 || count > 0)
                            Numbers.Close<T>(expected, y, tolerance * Math.Sqrt(1 + ((double)count / Math.Max(1, outputs))), what);
                        Numbers.SameBits<T>(first ??= y, y, what);
                    }
                }
            }
        }

        foreach (Workers workers in pools)
            workers.Dispose();
    }

    private static double[] Naive<T>(ReductionKind kind, T[] x, int[] shape, bool[] reduced, int outputs)
        where T : unmanaged, INumber<T>
    {
        double start = kind switch
        {
            ReductionKind.Max => double.NegativeInfinity,
            ReductionKind.Min => double.PositiveInfinity,
            ReductionKind.Prod => 1,
            _ => 0,
        };
        double[] y = new double[outputs];
        Array.Fill(y, start);
        for (int i = 0; i < x.Length; i++)
        {
            int rest = i, output = 0, scale = 1;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                int position = rest % shape[axis];
                rest /= shape[axis];
                if (!reduced[axis])
                {
                    output += position * scale;
                    scale *= shape[axis];
                }
            }

            double value = double.CreateChecked(x[i]);
            y[output] = kind switch
            {
                ReductionKind.Max => Math.Max(y[output], value),
                ReductionKind.Min => Math.Min(y[output], value),
                ReductionKind.Prod => y[output] * value,
                _ => y[output] + value,
            };
        }

        if (kind == ReductionKind.Mean)
        {
            int terms = shape.Where((_, axis) => reduced[axis]).Aggregate(1, (a, b) => a * b);
            for (int i = 0; i < outputs; i++)
                y[i] /= terms;
        }

        return y;
    }
}
