using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Bench.Kernels;

/// <summary>Matrix products in single precision against the multiply-add peak of the same threads, measured in turns with them.</summary>
internal static class GemmPeak
{
    private static readonly (int M, int N, int K)[] Shapes =
    [
        (1024, 1024, 1024), (2048, 2048, 2048), (128, 512, 784), (32, 256, 256), (64, 10, 512), (128, 10, 1024), (1, 1024, 1024), (784, 512, 128),
    ];

    private static readonly string[] Forms = ["NN", "TN", "NT", "TT"];

    /// <summary>Prints one line per shape and transpose form.</summary>
    /// <param name="threads">Threads of the product and of the peak loop.</param>
    /// <param name="seconds">Time per line.</param>
    public static void Run(int threads, double seconds) => Run(threads, seconds, null);

    /// <summary>Prints the lines whose name contains <paramref name="filter"/>.</summary>
    public static void Run(int threads, double seconds, string? filter)
    {
        using Workers workers = new(threads);
        Console.WriteLine($"{threads} thread(s), {SimdWidths.Best}; medians of samples taken in turns, percent = median of the ratios; best = maxima");
        Console.WriteLine($"{"NAME",-22} {"GFLOP/s",8} {"peak",7} {"percent",8}   {"best",7} {"of peak",7} {"percent",8}");
        foreach ((int m, int n, int k) in Shapes)
        {
            for (int form = 0; form < 4; form++)
            {
                string name = $"{m}x{n}x{k} {Forms[form]}";
                if (filter is null || name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                    Line(name, m, n, k, form, workers, seconds);
            }
        }
    }

    private static void Line(string name, int m, int n, int k, int form, Workers workers, double seconds)
    {
        Random random = new(1);
        float[] a = Values(random, m * k), b = Values(random, k * n), c = new float[m * n];
        bool transposeA = (form & 1) != 0, transposeB = (form & 2) != 0;
        double flops = 2.0 * m * n * k;
        int repeats = Math.Max(1, (int)(4e8 * workers.Threads / flops));
        Multiply(repeats);
        PeakItem peakItem = new();
        List<double> products = [], peaks = [], ratios = [];
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        do
        {
            long start = Stopwatch.GetTimestamp();
            workers.For(workers.Threads, peakItem);
            double peak = workers.Threads * PeakItem.Flops / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
            start = Stopwatch.GetTimestamp();
            Multiply(repeats);
            double product = repeats * flops / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
            peaks.Add(peak);
            products.Add(product);
            ratios.Add(product / peak);
        }
        while (Stopwatch.GetTimestamp() < end || products.Count < 5);

        Console.WriteLine(
            $"{name,-22} {Median(products),8:F1} {Median(peaks),7:F1} {100 * Median(ratios),7:F1}%   {products.Max(),7:F1} {peaks.Max(),7:F1} {100 * products.Max() / peaks.Max(),7:F1}%");

        void Multiply(int times)
        {
            for (int i = 0; i < times; i++)
                Gemm.Multiply(transposeA, transposeB, m, n, k, 1f, a, transposeA ? m : k, b, transposeB ? k : n, 0f, c, n, workers);
        }
    }

    private static float[] Values(Random random, int count)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = random.NextSingle() - 0.5f;
        return values;
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private sealed class PeakItem : WorkItem
    {
        private const int Rounds = 400_000;
        private float _sink;

        /// <summary>Gets the floating-point operations of one execution: 12 accumulators, one multiply-add each per round.</summary>
        public static double Flops => 2.0 * 12 * Rounds * (Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4);

        public override void Execute(int index) =>
            _sink += Vector512.IsHardwareAccelerated ? Loop512(Rounds, index) : Vector256.IsHardwareAccelerated ? Loop256(Rounds, index) : Loop128(Rounds, index);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Loop512(int rounds, float start)
        {
            Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(0.001f);
            Vector512<float> a = Vector512.Create(start), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
            for (int round = rounds; round > 0; round--)
            {
                a = Vector512.FusedMultiplyAdd(a, x, y);
                b = Vector512.FusedMultiplyAdd(b, x, y);
                c = Vector512.FusedMultiplyAdd(c, x, y);
                d = Vector512.FusedMultiplyAdd(d, x, y);
                e = Vector512.FusedMultiplyAdd(e, x, y);
                f = Vector512.FusedMultiplyAdd(f, x, y);
                g = Vector512.FusedMultiplyAdd(g, x, y);
                h = Vector512.FusedMultiplyAdd(h, x, y);
                i = Vector512.FusedMultiplyAdd(i, x, y);
                j = Vector512.FusedMultiplyAdd(j, x, y);
                k = Vector512.FusedMultiplyAdd(k, x, y);
                l = Vector512.FusedMultiplyAdd(l, x, y);
            }

            return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Loop256(int rounds, float start)
        {
            Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(0.001f);
            Vector256<float> a = Vector256.Create(start), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
            for (int round = rounds; round > 0; round--)
            {
                a = Vector256.FusedMultiplyAdd(a, x, y);
                b = Vector256.FusedMultiplyAdd(b, x, y);
                c = Vector256.FusedMultiplyAdd(c, x, y);
                d = Vector256.FusedMultiplyAdd(d, x, y);
                e = Vector256.FusedMultiplyAdd(e, x, y);
                f = Vector256.FusedMultiplyAdd(f, x, y);
                g = Vector256.FusedMultiplyAdd(g, x, y);
                h = Vector256.FusedMultiplyAdd(h, x, y);
                i = Vector256.FusedMultiplyAdd(i, x, y);
                j = Vector256.FusedMultiplyAdd(j, x, y);
                k = Vector256.FusedMultiplyAdd(k, x, y);
                l = Vector256.FusedMultiplyAdd(l, x, y);
            }

            return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Loop128(int rounds, float start)
        {
            Vector128<float> x = Vector128.Create(0.999f), y = Vector128.Create(0.001f);
            Vector128<float> a = Vector128.Create(start), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
            for (int round = rounds; round > 0; round--)
            {
                a = Vector128.MultiplyAddEstimate(a, x, y);
                b = Vector128.MultiplyAddEstimate(b, x, y);
                c = Vector128.MultiplyAddEstimate(c, x, y);
                d = Vector128.MultiplyAddEstimate(d, x, y);
                e = Vector128.MultiplyAddEstimate(e, x, y);
                f = Vector128.MultiplyAddEstimate(f, x, y);
                g = Vector128.MultiplyAddEstimate(g, x, y);
                h = Vector128.MultiplyAddEstimate(h, x, y);
                i = Vector128.MultiplyAddEstimate(i, x, y);
                j = Vector128.MultiplyAddEstimate(j, x, y);
                k = Vector128.MultiplyAddEstimate(k, x, y);
                l = Vector128.MultiplyAddEstimate(l, x, y);
            }

            return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }
    }
}
