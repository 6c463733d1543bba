using System.Numerics;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public class GemmTests
{
    private static readonly (int M, int N, int K)[] Shapes =
    [
        (1, 1, 1), (0, 3, 2), (3, 0, 2), (3, 4, 0), (1, 17, 5), (17, 1, 5), (2, 3, 4), (6, 16, 8), (7, 17, 9), (12, 32, 3), (13, 33, 257),
        (5, 10, 70), (64, 10, 51), (10, 64, 64), (1, 100, 300), (100, 1, 300), (1, 130, 31), (130, 1, 31), (31, 47, 300), (40, 24, 512),
        (200, 20, 40), (20, 200, 40), (3, 700, 11), (2, 64, 260), (4, 5, 1000), (50, 7, 600), (50, 12, 33), (33, 11, 129), (1, 1, 1000), (1, 1, 5000), (1, 3, 4097), (1, 40, 4500),
        (40, 17, 30), (41, 48, 40), (25, 33, 9), (30, 100, 7), (13, 64, 16), (26, 260, 5), (70, 129, 3), (37, 24, 1024), (29, 8, 17),
    ];

    public static TheoryData<int, int> Machines()
    {
        TheoryData<int, int> data = [];
        foreach (int width in Enum.GetValues<SimdWidth>().Cast<int>())
        {
            for (int threads = 1; threads <= 3; threads++)
                data.Add(width, threads);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void Products_of_all_shapes_and_forms_match_a_naive_loop_in_single(int width, int threads) =>
        Check<float>((SimdWidth)width, threads, 2e-6);

    [Theory]
    [MemberData(nameof(Machines))]
    public void Products_of_all_shapes_and_forms_match_a_naive_loop_in_double(int width, int threads) =>
        Check<double>((SimdWidth)width, threads, 4e-15);

    /// <summary>A chain of ten million float32 sums of 0.01 is 4 % off.</summary>
    [Theory]
    [InlineData(1, 1, 10_000_000, false)]
    [InlineData(1, 1, 10_000_000, true)]
    [InlineData(1, 4, 3_000_000, false)]
    [InlineData(2, 3, 2_000_000, false)]
    [InlineData(40, 1, 200_000, false)]
    public void Sums_of_millions_of_terms_keep_their_digits(int m, int n, int k, bool transposeB)
    {
        float[] a = new float[m * k], b = new float[k * n], c = [.. Enumerable.Repeat(3f, m * n)];
        Array.Fill(a, 0.1f);
        Array.Fill(b, 0.1f);
        float[] bias = [.. Enumerable.Range(0, n).Select(j => 8f * j)];
        using Workers workers = new(2);
        Gemm.Multiply(
            false, transposeB, m, n, k, 2f, a, k, b, transposeB ? k : n, 1f, c, n, workers, new GemmEpilogue<float> { Bias = bias, Relu = true });
        double product = 2.0 * k * 0.1f * 0.1f;
        for (int i = 0; i < c.Length; i++)
            Assert.InRange((c[i] / (product + 3 + bias[i % n])) - 1, -1e-5, 1e-5);
    }

    [Theory]
    [InlineData(1, 3, 20_000)]
    [InlineData(9, 5, 40_000)]
    [InlineData(61, 130, 260)]
    [InlineData(300, 64, 300)]
    [InlineData(64, 10, 512)]
    [InlineData(10, 512, 64)]
    [InlineData(1, 1024, 700)]
    [InlineData(1024, 1, 700)]
    [InlineData(210, 210, 70)]
    [InlineData(5, 900, 900)]
    public void Bits_do_not_depend_on_the_number_of_threads(int m, int n, int k)
    {
        for (int form = 0; form < 4; form++)
        {
            float[]? first = null;
            foreach (int threads in (int[])[1, 2, 3, 8])
            {
                using Workers workers = new(threads);
                Case<float> c = new(m, n, k, form, padding: 0, seed: 3);
                c.Multiply(SimdWidths.Best, 0.7f, 0.3f, workers, default);
                first ??= c.C;
                Numbers.SameBits<float>(first, c.C, $"{m}x{n}x{k} form {form}, {threads} threads");
            }
        }
    }

    [Fact]
    public void Beta_of_zero_does_not_read_the_old_result()
    {
        using Workers workers = new(1);
        foreach ((int m, int n, int k) in Shapes)
        {
            for (int form = 0; form < 4; form++)
            {
                Case<float> c = new(m, n, k, form, padding: 0, seed: 5);
                Array.Fill(c.C, float.NaN);
                c.Multiply(SimdWidths.Best, 1, 0, workers, default);
                Assert.DoesNotContain(c.C, float.IsNaN);
            }
        }
    }

    [Fact]
    public void Elements_between_the_rows_of_the_result_stay_untouched()
    {
        using Workers workers = new(2);
        foreach ((int m, int n, int k) in Shapes)
        {
            for (int form = 0; form < 4; form++)
            {
                Case<double> c = new(m, n, k, form, padding: 3, seed: 6);
                double[] before = [.. c.C];
                c.Multiply(SimdWidths.Best, 1, 0.5, workers, new GemmEpilogue<double> { Bias = new double[n], Relu = true });
                for (int i = 0; i < c.C.Length; i++)
                {
                    if (i % c.Ldc >= n)
                        Assert.Equal(before[i], c.C[i]);
                }
            }
        }
    }

    [Fact]
    public void The_rectifier_of_the_epilogue_keeps_NaN()
    {
        using Workers workers = new(1);
        float[] a = [1, -1, float.NaN], b = [2], c = new float[3];
        Gemm.Multiply(false, false, 3, 1, 1, 1, a, 1, b, 1, 0, c, 1, workers, new GemmEpilogue<float> { Relu = true });
        Assert.Equal([2, 0, float.NaN], c);
    }

    [Fact]
    public void A_product_allocates_nothing_in_steady_state()
    {
        using Workers workers = new(2);
        Case<float> c = new(70, 90, 300, 1, padding: 0, seed: 5);
        for (int i = 0; i < 3; i++)
            c.Multiply(SimdWidths.Best, 1, 0, workers, default);
        long least = Allocation.Least(() =>
        {
            for (int i = 0; i < 10; i++)
                c.Multiply(SimdWidths.Best, 1, 0, workers, default);
        });
        Assert.Equal(0, least);
    }

    [Fact]
    public void Spans_that_are_too_short_are_named()
    {
        using Workers workers = new(1);
        Assert.Contains("B is [3, 4]", Assert.Throws<ArgumentException>(
            () => Gemm.Multiply(false, false, 2, 4, 3, 1f, new float[6], 3, new float[11], 4, 0f, new float[8], 4, workers)).Message, StringComparison.Ordinal);
    }

    private static void Check<T>(SimdWidth width, int threads, double tolerance)
        where T : unmanaged, INumber<T>
    {
        using Workers workers = new(threads);
        int seed = 0;
        foreach ((int m, int n, int k) in Shapes)
        {
            for (int form = 0; form < 4; form++)
            {
                foreach ((double alpha, double beta) in ((double, double)[])[(1, 0), (1, 1), (-0.5, 0.25)])
                {
                    bool epilogue = (seed & 1) == 1;
                    Case<T> c = new(m, n, k, form, padding: seed % 3, ++seed);
                    T[] bias = Numbers.Random<T>(n, seed + 1000);
                    double[] expected = c.Naive(alpha, beta, epilogue ? bias : null, epilogue);
                    c.Multiply(
                        width,
                        T.CreateChecked(alpha),
                        T.CreateChecked(beta),
                        workers,
                        epilogue ? new GemmEpilogue<T> { Bias = bias, Relu = true } : default);
                    Numbers.Close<T>(expected, c.C, tolerance * Math.Sqrt(k + 1), $"{width} {m}x{n}x{k} form {form} alpha {alpha} beta {beta}");
                }
            }
        }
    }

    private sealed class Case<T>
        where T : unmanaged, INumber<T>
    {
        private readonly int m;
        private readonly int n;
        private readonly int k;
        private readonly bool transposeA;
        private readonly bool transposeB;
        private readonly int lda;
        private readonly int ldb;
        private readonly T[] a;
        private readonly T[] b;

        public Case(int m, int n, int k, int form, int padding, int seed)
        {
            (this.m, this.n, this.k) = (m, n, k);
            (transposeA, transposeB) = ((form & 1) != 0, (form & 2) != 0);
            (lda, ldb, Ldc) = ((transposeA ? m : k) + padding, (transposeB ? k : n) + padding, n + padding);
            a = Numbers.Random<T>(Math.Max(0, ((transposeA ? k : m) * lda) - padding), seed);
            b = Numbers.Random<T>(Math.Max(0, ((transposeB ? n : k) * ldb) - padding), seed + 1);
            C = Numbers.Random<T>(m * Ldc, seed + 2);
        }

        public int Ldc { get; }

        public T[] C { get; }

        public void Multiply(SimdWidth width, T alpha, T beta, Workers workers, GemmEpilogue<T> epilogue) =>
            Gemm.Multiply(width, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, C, Ldc, workers, epilogue);

        public double[] Naive(double alpha, double beta, T[]? bias, bool relu)
        {
            double[] c = [.. C.Select(value => double.CreateChecked(value))];
            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    double sum = 0;
                    for (int p = 0; p < k; p++)
                        sum += double.CreateChecked(a[transposeA ? (p * lda) + i : (i * lda) + p]) * double.CreateChecked(b[transposeB ? (j * ldb) + p : (p * ldb) + j]);
                    double value = (alpha * sum) + (beta * c[(i * Ldc) + j]) + (bias is null ? 0 : double.CreateChecked(bias[j]));
                    c[(i * Ldc) + j] = relu ? Math.Max(0, value) : value;
                }
            }

            return c;
        }
    }
}
