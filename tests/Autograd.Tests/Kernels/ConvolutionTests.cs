using System.Numerics;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Kernels;

public class ConvolutionTests
{
    private unsafe delegate void Way(float* x, float* w, float* bias, float* y, Workers workers);

    [Fact]
    public void Forward_and_gradients_match_naive_loops_in_single() => Check<float>(5e-6);

    [Fact]
    public void Forward_and_gradients_match_naive_loops_in_double() => Check<double>(1e-14);

    [Fact]
    public void Bits_do_not_depend_on_the_number_of_threads()
    {
        foreach (ConvolutionShape shape in Shapes())
        {
            float[] x = Numbers.Random<float>(shape.Batch * shape.InChannels * shape.InPlane, 1);
            float[] w = Numbers.Random<float>(shape.OutChannels * shape.PatchSize, 2);
            float[] dy = Numbers.Random<float>(shape.Batch * shape.OutChannels * shape.OutPlane, 3);
            float[]? y1 = null, dx1 = null, dw1 = null;
            foreach (int threads in (int[])[1, 2, 3])
            {
                using Workers workers = new(threads);
                float[] y = new float[dy.Length], dx = new float[x.Length], dw = new float[w.Length];
                Convolution.Forward<float>(shape, x, w, default, y, workers);
                Convolution.InputGradient<float>(shape, dy, w, dx, workers);
                Convolution.WeightGradient<float>(shape, x, dy, dw, workers);
                Numbers.SameBits<float>(y1 ??= y, y, $"{shape} forward");
                Numbers.SameBits<float>(dx1 ??= dx, dx, $"{shape} input gradient");
                Numbers.SameBits<float>(dw1 ??= dw, dw, $"{shape} weight gradient");
            }
        }
    }

    [Fact]
    public unsafe void Every_way_matches_naive_loops_at_every_width_and_number_of_threads()
    {
        int seed = 100;
        foreach (ConvolutionShape shape in Shapes())
        {
            if (shape.OutPlane == 0 || !shape.CanPad)
                continue;
            float[] x = Numbers.Random<float>(shape.Batch * shape.InChannels * shape.InPlane, ++seed);
            float[] w = Numbers.Random<float>(shape.OutChannels * shape.PatchSize, ++seed);
            float[] bias = (seed & 2) == 0 ? [] : Numbers.Random<float>(shape.OutChannels, ++seed);
            float[] dy = new float[shape.Batch * shape.OutChannels * shape.OutPlane];
            double[] expected = new double[dy.Length];
            Naive(shape, x, w, bias, dy, expected, new double[x.Length], new double[w.Length]);
            if ((seed & 1) == 0)
                expected = [.. expected.Select(v => Math.Max(v, 0))];
            bool relu = (seed & 1) == 0;
            foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
            {
                Storage pixels = PixelConvolution.Pack<float>(shape, w, width), panels = ShiftedConvolution.Pack<float>(shape, w, width);
                Same(width, (px, pw, pb, py, workers) => PixelConvolution.Run(shape, px, pw, pb, relu, py, width, workers), (px, pw, pb, py, workers) => PixelConvolution.Run(shape, px, pw, pb, relu, py, width, workers, pixels));
                if (ShiftedConvolution.Handles(shape))
                    Same(width, (px, pw, pb, py, workers) => ShiftedConvolution.Run(shape, px, pw, pb, relu, py, width, workers), (px, pw, pb, py, workers) => ShiftedConvolution.Run(shape, px, pw, pb, relu, py, width, workers, panels));
                if (DepthwiseConvolution.Suits(shape))
                    Same(width, (px, pw, pb, py, workers) => DepthwiseConvolution.Run(shape, px, pw, pb, relu, py, width, workers));
            }

            void Same(SimdWidth width, params Way[] ways)
            {
                float[]? first = null;
                foreach ((Way way, int threads) in ways.SelectMany(way => new[] { (way, 1), (way, 3), (way, 16) }))
                {
                    using Workers workers = new(threads);
                    float[] y = Filled<float>(dy.Length);
                    fixed (float* px = x, pw = w, pb = bias, py = y)
                        way(px, pw, pb, py, workers);
                    Numbers.Close<float>(expected, y, 5e-6 * Math.Sqrt(shape.PatchSize), $"{shape} {width}");
                    Numbers.SameBits<float>(first ??= y, y, $"{shape} {width}");
                }
            }
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_named()
    {
        using Workers workers = new(1);
        ConvolutionShape shape = new() { Batch = 1, InChannels = 3, InHeight = 4, InWidth = 4, OutChannels = 2, KernelHeight = 3, KernelWidth = 3, Groups = 2 };
        Assert.Throws<ArgumentException>(() => Convolution.Forward<float>(shape, new float[48], new float[54], default, new float[8], workers));
        ConvolutionShape fits = shape with { Groups = 1 };
        Assert.Contains("y of the convolution needs 8", Assert.Throws<ArgumentException>(
            () => Convolution.Forward<float>(fits, new float[48], new float[54], default, new float[7], workers)).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<ConvolutionShape> Shapes()
    {
        ConvolutionShape basic = new() { Batch = 2, InChannels = 3, InHeight = 9, InWidth = 11, OutChannels = 5, KernelHeight = 3, KernelWidth = 3 };
        yield return basic;
        yield return basic with { PadTop = 1, PadLeft = 1, PadBottom = 1, PadRight = 1 };
        yield return basic with { PadTop = 2, PadLeft = 0, PadBottom = 1, PadRight = 3, StrideHeight = 2, StrideWidth = 3 };
        yield return basic with { DilationHeight = 2, DilationWidth = 3, PadTop = 1, PadRight = 4 };
        yield return basic with { InChannels = 4, OutChannels = 6, Groups = 2, PadTop = 1 };
        yield return basic with { InChannels = 6, OutChannels = 6, Groups = 6, PadTop = 1, PadLeft = 1, PadBottom = 1, PadRight = 1 };
        yield return basic with { InChannels = 3, OutChannels = 6, Groups = 3, StrideHeight = 2, StrideWidth = 2 };
        yield return basic with { InChannels = 5, OutChannels = 5, Groups = 5, KernelHeight = 5, KernelWidth = 5, InHeight = 13, InWidth = 70, PadTop = 2, PadLeft = 2, PadBottom = 2, PadRight = 2, StrideHeight = 2, StrideWidth = 1 };
        yield return basic with { InChannels = 4, OutChannels = 8, Groups = 4, InHeight = 16, InWidth = 75, PadLeft = 5, PadRight = 1, PadTop = 1, StrideWidth = 3, DilationWidth = 2, DilationHeight = 3 };
        yield return basic with { InChannels = 2, OutChannels = 2, Groups = 2, InHeight = 3, InWidth = 2, KernelHeight = 2, KernelWidth = 2, PadLeft = 3, PadRight = 3, StrideWidth = 4 };
        yield return basic with { KernelHeight = 1, KernelWidth = 1, InChannels = 20, OutChannels = 17 };
        yield return basic with { KernelHeight = 1, KernelWidth = 1, StrideHeight = 2, StrideWidth = 2, InChannels = 8, OutChannels = 9 };
        yield return basic with { KernelHeight = 9, KernelWidth = 11 };
        yield return basic with { Batch = 1, InChannels = 70, OutChannels = 75, InHeight = 6, InWidth = 7, PadTop = 1, PadLeft = 1, PadBottom = 1, PadRight = 1 };
        yield return basic with { Batch = 1, InChannels = 66, OutChannels = 34, InHeight = 21, InWidth = 23, PadTop = 1, PadRight = 2, StrideHeight = 2, StrideWidth = 2 };
        yield return basic with { Batch = 1, InChannels = 40, OutChannels = 33, InHeight = 13, InWidth = 4, PadLeft = 1, PadRight = 1 };
        foreach ((int width, int groups) in new[] { (32, 3), (33, 3), (18, 3), (71, 3), (64, 1), (8, 3) })
            yield return basic with { InChannels = 3, OutChannels = 3, Groups = groups, InWidth = width, StrideHeight = 2, StrideWidth = 2, PadTop = 1, PadLeft = 1, PadBottom = 1, PadRight = 1 };
        foreach ((int height, int width, int columns) in new[] { (2, 2, 27), (3, 2, 9), (2, 3, 10), (1, 2, 4), (4, 1, 3) })
        {
            ConvolutionShape tiles = basic with { InHeight = 3 * height, InWidth = columns * width, KernelHeight = height, KernelWidth = width, StrideHeight = height, StrideWidth = width };
            yield return tiles;
            yield return tiles with { InChannels = 4, OutChannels = 6, Groups = 2, InWidth = tiles.InWidth + 1 };
        }

        yield return basic with { Batch = 7, InChannels = 6, OutChannels = 26, Groups = 2, InHeight = 8, InWidth = 6, KernelHeight = 1, KernelWidth = 1 };
        yield return basic with { Batch = 1, InChannels = 70, OutChannels = 40, InHeight = 16, InWidth = 20, KernelHeight = 1, KernelWidth = 1 };
        foreach ((int kernel, int height, int width) in new[] { (3, 17, 14), (3, 9, 37), (5, 14, 14), (5, 3, 33), (7, 12, 15), (7, 8, 50), (3, 1, 3), (5, 22, 2) })
        {
            ConvolutionShape alone = basic with { InChannels = 3, OutChannels = 3, Groups = 3, InHeight = height, InWidth = width, KernelHeight = kernel, KernelWidth = kernel };
            yield return alone with { PadTop = kernel / 2, PadLeft = kernel / 2, PadBottom = kernel / 2, PadRight = kernel / 2 };
            yield return alone with { OutChannels = 6, KernelWidth = 2, PadTop = kernel - 1, PadRight = 3, PadBottom = 1, DilationWidth = 2, StrideWidth = 2 };
        }

        yield return basic with { Batch = 0 };
        yield return basic with { Batch = 1, InChannels = 33, OutChannels = 40, InHeight = 8, InWidth = 8, PadTop = 1, PadLeft = 1, PadBottom = 1, PadRight = 1 };
        yield return basic with { Batch = 9, InChannels = 1, OutChannels = 7, InHeight = 28, InWidth = 28, KernelHeight = 5, KernelWidth = 5 };
        yield return basic with { KernelHeight = 3, KernelWidth = 3, InHeight = 2, InWidth = 2 };
        yield return basic with { KernelHeight = 2, KernelWidth = 4, InHeight = 1, InWidth = 2, PadTop = 4, PadLeft = 5, PadBottom = 3, PadRight = 7, StrideHeight = 2 };
        yield return basic with { InWidth = 40, InHeight = 5, StrideWidth = 2, StrideHeight = 1, DilationWidth = 2, PadLeft = 3, PadRight = 2, InChannels = 9, OutChannels = 13 };
        yield return basic with { PadTop = 1 << 30, PadBottom = 1 << 30, StrideHeight = 1 << 30 };
        yield return basic with { PadLeft = int.MaxValue, PadRight = int.MaxValue, StrideWidth = int.MaxValue, StrideHeight = 2 };
        yield return basic with { PadLeft = 1 << 30, PadRight = 1 << 30, DilationWidth = 1 << 30, InChannels = 4, Groups = 2, OutChannels = 6 };
        yield return basic with { KernelWidth = 4, PadLeft = int.MaxValue, PadRight = int.MaxValue, DilationWidth = 1 << 30, StrideWidth = 1 << 29 };
        Random random = new(11);
        for (int i = 0; i < 40; i++)
        {
            int groups = random.Next(1, 4);
            yield return new ConvolutionShape
            {
                Batch = random.Next(1, 4),
                InChannels = groups * random.Next(1, 5),
                OutChannels = groups * random.Next(1, 6),
                Groups = groups,
                InHeight = random.Next(1, 14),
                InWidth = random.Next(1, 20),
                KernelHeight = random.Next(1, 4),
                KernelWidth = random.Next(1, 5),
                StrideHeight = random.Next(1, 4),
                StrideWidth = random.Next(1, 4),
                DilationHeight = random.Next(1, 3),
                DilationWidth = random.Next(1, 3),
                PadTop = random.Next(0, 3),
                PadLeft = random.Next(0, 3),
                PadBottom = random.Next(0, 3),
                PadRight = random.Next(0, 3),
            };
        }

        for (int i = 0; i < 30; i++)
        {
            int channels = random.Next(2, 4);
            yield return new ConvolutionShape
            {
                Batch = random.Next(1, 3),
                InChannels = channels,
                OutChannels = channels * random.Next(1, 3),
                Groups = channels,
                InHeight = random.Next(1, 30),
                InWidth = random.Next(1, 90),
                KernelHeight = random.Next(1, 6),
                KernelWidth = random.Next(1, 6),
                StrideHeight = random.Next(1, 3),
                StrideWidth = random.Next(1, 4),
                DilationWidth = random.Next(1, 3),
                PadTop = random.Next(0, 4),
                PadLeft = random.Next(0, 11),
                PadBottom = random.Next(0, 4),
                PadRight = random.Next(0, 11),
            };
        }
    }

    private static unsafe void Check<T>(double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using Workers workers = new(2);
        int seed = 0;
        foreach (ConvolutionShape shape in Shapes())
        {
            T[] x = Numbers.Random<T>(shape.Batch * shape.InChannels * shape.InPlane, ++seed);
            T[] w = Numbers.Random<T>(shape.OutChannels * shape.PatchSize, ++seed);
            T[] bias = (seed & 2) == 0 ? [] : Numbers.Random<T>(shape.OutChannels, ++seed);
            T[] dy = Numbers.Random<T>(shape.Batch * shape.OutChannels * shape.OutPlane, ++seed);
            T[] y = Filled<T>(dy.Length), dx = Filled<T>(x.Length), dw = Filled<T>(w.Length);
            double[] y2 = new double[y.Length], dx2 = new double[x.Length], dw2 = new double[w.Length];
            Naive(shape, x, w, bias, dy, y2, dx2, dw2);
            double scaled = tolerance * Math.Sqrt(shape.PatchSize + (shape.Batch * shape.OutPlane));
            Convolution.Forward<T>(shape, x, w, bias, y, workers);
            Numbers.Close<T>(y2, y, scaled, $"{shape} forward");
            Array.Fill(y, T.NaN);
            Convolution.Forward<T>(shape, x, w, bias, y, workers, relu: true);
            Numbers.Close<T>([.. y2.Select(v => Math.Max(v, 0))], y, scaled, $"{shape} forward, rectified");
            Convolution.InputGradient<T>(shape, dy, w, dx, workers);
            Numbers.Close<T>(dx2, dx, scaled, $"{shape} input gradient");
            Convolution.WeightGradient<T>(shape, x, dy, dw, workers);
            Numbers.Close<T>(dw2, dw, scaled, $"{shape} weight gradient");
            if (shape.OutPlane == 0 || shape.Batch == 0)
                continue;
            fixed (T* px = x, py = dy, pw = dw)
                Convolution.WeightGradientOfPatches(shape, px, py, pw, workers);
            Numbers.Close<T>(dw2, dw, scaled, $"{shape} weight gradient of patches");
        }
    }

    private static T[] Filled<T>(int count)
        where T : IFloatingPointIeee754<T>
    {
        T[] values = new T[count];
        Array.Fill(values, T.NaN);
        return values;
    }

    internal static void Naive<T>(in ConvolutionShape s, T[] x, T[] w, T[] bias, T[] dy, double[] y, double[] dx, double[] dw)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int outIndex = 0;
        for (int n = 0; n < s.Batch; n++)
        {
            for (int o = 0; o < s.OutChannels; o++)
            {
                int firstChannel = o / s.GroupOutChannels * s.GroupInChannels;
                for (int oy = 0; oy < s.OutHeight; oy++)
                {
                    for (int ox = 0; ox < s.OutWidth; ox++, outIndex++)
                    {
                        double sum = bias.Length == 0 ? 0 : double.CreateChecked(bias[o]), g = double.CreateChecked(dy[outIndex]);
                        for (int c = 0; c < s.GroupInChannels; c++)
                        {
                            for (int ky = 0; ky < s.KernelHeight; ky++)
                            {
                                for (int kx = 0; kx < s.KernelWidth; kx++)
                                {
                                    long iy = ((long)oy * s.StrideHeight) + ((long)ky * s.DilationHeight) - s.PadTop;
                                    long ix = ((long)ox * s.StrideWidth) + ((long)kx * s.DilationWidth) - s.PadLeft;
                                    if (iy < 0 || iy >= s.InHeight || ix < 0 || ix >= s.InWidth)
                                        continue;
                                    long xi = (((((n * s.InChannels) + firstChannel + c) * s.InHeight) + iy) * s.InWidth) + ix;
                                    int wi = (((((o * s.GroupInChannels) + c) * s.KernelHeight) + ky) * s.KernelWidth) + kx;
                                    sum += double.CreateChecked(x[xi]) * double.CreateChecked(w[wi]);
                                    dx[xi] += g * double.CreateChecked(w[wi]);
                                    dw[wi] += g * double.CreateChecked(x[xi]);
                                }
                            }
                        }

                        y[outIndex] = sum;
                    }
                }
            }
        }
    }
}
