using System.Diagnostics;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Bench.Kernels;

/// <summary>Matrix products in single precision against the multiply-add peak of the same threads, measured in turns with them.</summary>
internal static class GemmPeak
{
    private static readonly (int M, int N, int K)[] Shapes =
    [
        (1024, 1024, 1024), (2048, 2048, 2048), (128, 512, 784), (32, 256, 256), (64, 10, 512), (128, 10, 1024), (1, 1024, 1024), (784, 512, 128),
    ];

    // More than the caches of a machine for one thread.
    private const int FarBytes = 256 << 20;

    private static readonly string[] Forms = ["NN", "TN", "NT", "TT"];

    /// <summary>Prints one line per shape and transpose form.</summary>
    /// <param name="threads">Threads of the product and of the peak loop.</param>
    /// <param name="seconds">Time per line.</param>
    /// <param name="filter">Part of the names to run, or MxNxK for another shape, or null for all.</param>
    /// <param name="far">Whether every product finds its operands and its result in memory, as a training step does, not in a cache.</param>
    public static void Run(int threads, double seconds, string? filter, bool far)
    {
        using Workers workers = new(threads);
        Console.WriteLine($"{threads} thread(s), {SimdWidths.Best}; medians of samples taken in turns, percent = median of the ratios; best = maxima");
        Console.WriteLine($"{"NAME",-22} {"GFLOP/s",8} {"peak",7} {"percent",8}   {"best",7} {"of peak",7} {"percent",8}");
        int[] asked = [.. (filter ?? string.Empty).Split('x').Select(s => int.TryParse(s, out int size) ? size : 0)];
        foreach ((int m, int n, int k) in asked is [> 0, > 0, > 0] ? [(asked[0], asked[1], asked[2])] : Shapes)
        {
            for (int form = 0; form < 4; form++)
            {
                string name = $"{m}x{n}x{k} {Forms[form]}";
                if (filter is null || name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                    Line(name, m, n, k, form, workers, seconds, far ? FarBytes : 0);
            }
        }
    }

    private static void Line(string name, int m, int n, int k, int form, Workers workers, double seconds, int bytes)
    {
        Random random = new(1);
        int copies = (bytes / (4 * ((m * k) + (k * n) + (m * n)))) + 1;
        Value[] a = Copies(m * k), b = Copies(k * n), c = Copies(m * n);
        int turn = 0;
        bool transposeA = (form & 1) != 0, transposeB = (form & 2) != 0;
        double flops = 2.0 * m * n * k;
        int repeats = Math.Max(1, (int)(4e8 * workers.Threads / flops));
        Multiply(repeats);
        MultiplyAddPeak peakLoop = new();
        List<double> products = [], peaks = [], ratios = [];
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        do
        {
            long start = Stopwatch.GetTimestamp();
            workers.For(workers.Threads, peakLoop);
            double peak = workers.Threads * MultiplyAddPeak.Flops / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
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

        Value[] Copies(int count) => [.. Enumerable.Range(0, copies).Select(_ => Values(random, count))];

        void Multiply(int times)
        {
            for (int i = 0; i < times; i++, turn = (turn + 1) % copies)
                Gemm.Multiply(transposeA, transposeB, m, n, k, 1f, a[turn].Span<float>(), transposeA ? m : k, b[turn].Span<float>(), transposeB ? k : n, 0f, c[turn].Span<float>(), n, workers);
        }
    }

    // Aligned as the engine's own values are.
    private static Value Values(Random random, int count)
    {
        Value values = Value.Zeros(DType.Float32, [count]);
        foreach (ref float value in values.Span<float>())
            value = random.NextSingle() - 0.5f;
        return values;
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
