using System.Numerics;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public class PoolingTests
{
    [Fact]
    public void Max_pooling_matches_a_naive_loop_in_single() => CheckMax<float>();

    [Fact]
    public void Max_pooling_matches_a_naive_loop_in_double() => CheckMax<double>();

    [Fact]
    public void Average_pooling_matches_a_naive_loop_in_single() => CheckAverage<float>(1e-6);

    [Fact]
    public void Average_pooling_matches_a_naive_loop_in_double() => CheckAverage<double>(1e-15);

    [Fact]
    public void Ties_take_the_first_index()
    {
        using Workers workers = new(1);
        PoolingShape shape = new() { Planes = 2, InHeight = 2, InWidth = 4, OutHeight = 1, OutWidth = 2, KernelHeight = 2, KernelWidth = 2, StrideHeight = 2, StrideWidth = 2 };
        float[] x = [1, 3, 5, 5, 3, 3, 5, 5, 0, 0, 0, 1, 0, 0, 1, 1], y = new float[4];
        long[] indices = new long[4];
        MaxPooling.Forward<float>(shape, x, y, indices, workers);
        Assert.Equal([3, 5, 0, 1], y);
        Assert.Equal([1, 2, 8, 11], indices);
    }

    [Fact]
    public void The_first_NaN_of_a_window_gets_its_gradient()
    {
        using Workers workers = new(1);
        PoolingShape shape = new() { Planes = 1, InHeight = 2, InWidth = 8, OutHeight = 1, OutWidth = 4, KernelHeight = 2, KernelWidth = 2, StrideHeight = 2, StrideWidth = 2 };
        float[] x = [float.NaN, 3, 5, float.NaN, 1, 2, 9, 2, 4, float.NaN, 6, 7, float.NaN, float.NaN, 1, float.NaN], dx = new float[16];
        MaxPooling.Gradient<float>(shape, x, [1, 2, 3, 4], dx, workers);
        Assert.Equal([1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 4], dx);
    }

    /// <summary>On vectors, over the edges of a small image, with and without a stride.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_NaN_is_the_maximum_of_every_window_that_holds_it(int stride)
    {
        using Workers workers = new(1);
        int outputs = (19 / stride) + 1;
        PoolingShape shape = new()
        {
            Planes = 1,
            InHeight = 1,
            InWidth = 20,
            OutHeight = 1,
            OutWidth = outputs,
            KernelHeight = 1,
            KernelWidth = 3,
            StrideWidth = stride,
            PadLeft = 1,
            PadRight = 1,
        };
        float[] x = [.. Enumerable.Range(0, 20).Select(i => (float)(i * 7 % 20))], y = new float[outputs];
        (x[0], x[9]) = (float.NaN, float.NaN);
        MaxPooling.Forward<float>(shape, x, y, default, workers);
        Assert.Equal(Enumerable.Range(0, outputs).Select(o => x.Where((_, i) => Math.Abs(i - (o * stride)) <= 1).Aggregate((a, b) => float.IsNaN(a) || a > b ? a : b)), y);
    }

    private static IEnumerable<PoolingShape> Shapes()
    {
        Random random = new(5);
        foreach ((int height, int width) in new[] { (4, 8), (5, 9), (2, 14), (7, 23), (6, 7) })
        {
            yield return new PoolingShape
            {
                Planes = 3,
                InHeight = height,
                InWidth = width,
                OutHeight = height / 2,
                OutWidth = width / 2,
                KernelHeight = 2,
                KernelWidth = 2,
                StrideHeight = 2,
                StrideWidth = 2,
            };
        }

        for (int i = 0; i < 120; i++)
        {
            bool plain = i % 3 == 0;
            int kernelHeight = random.Next(1, 4), kernelWidth = random.Next(1, 4);
            int dilationHeight = plain ? 1 : random.Next(1, 3), dilationWidth = plain ? 1 : random.Next(1, 3);
            int reachHeight = (dilationHeight * (kernelHeight - 1)) + 1, reachWidth = (dilationWidth * (kernelWidth - 1)) + 1;
            int padTop = random.Next(0, kernelHeight), padLeft = random.Next(0, kernelWidth), padBottom = random.Next(0, kernelHeight), padRight = random.Next(0, kernelWidth);

            // Some rows are long enough for several vectors of windows at a time.
            int height = random.Next(reachHeight, 20), width = i % 4 == 0 ? random.Next(70, 140) : random.Next(reachWidth, 24);
            int strideHeight = random.Next(1, 4), strideWidth = random.Next(1, 4);
            bool ceiling = (i & 1) == 1;
            yield return new PoolingShape
            {
                Planes = random.Next(1, 5),
                InHeight = height,
                InWidth = width,
                OutHeight = Out(height, padTop, padBottom, reachHeight, strideHeight, ceiling),
                OutWidth = Out(width, padLeft, padRight, reachWidth, strideWidth, ceiling),
                KernelHeight = kernelHeight,
                KernelWidth = kernelWidth,
                StrideHeight = strideHeight,
                StrideWidth = strideWidth,
                PadTop = padTop,
                PadLeft = padLeft,
                PadBottom = padBottom,
                PadRight = padRight,
                DilationHeight = dilationHeight,
                DilationWidth = dilationWidth,
            };
        }
    }

    /// <summary>Windows of 2³¹ − 1 places, nearly all of them in the padding: over the first element, over all of them and over the last ones.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Windows_may_be_as_large_as_sizes_can_be(bool across)
    {
        using Workers workers = new(1);
        const int Window = int.MaxValue, Pad = Window - 1, Step = 1 << 30;
        PoolingShape shape = across
            ? new() { Planes = 1, InHeight = 1, InWidth = 4, OutHeight = 1, OutWidth = 3, KernelHeight = 1, KernelWidth = Window, StrideWidth = Step, PadLeft = Pad, PadRight = Pad }
            : new() { Planes = 1, InHeight = 4, InWidth = 1, OutHeight = 3, OutWidth = 1, KernelHeight = Window, KernelWidth = 1, StrideHeight = Step, PadTop = Pad, PadBottom = Pad };
        float[] x = [1, 5, 3, 2], y = new float[3], dx = new float[4];
        long[] indices = new long[3];
        MaxPooling.Forward<float>(shape, x, y, indices, workers);
        Assert.Equal([1, 5, 3], y);
        Assert.Equal([0, 1, 2], indices);
        AveragePooling.Forward<float>(shape, false, x, y, workers);
        Assert.Equal([1, 2.75f, 2.5f], y);
        AveragePooling.Gradient<float>(shape, false, [1, 4, 2], dx, workers);
        Assert.Equal([2, 1, 2, 2], dx);
        AveragePooling.Forward<float>(shape, true, x, y, workers);
        Numbers.Close<float>([1.0 / Window, 11.0 / Window, 5.0 / Window], y, 1e-6, "with padding");
    }

    /// <summary>The places of a window and of the padding around it are more than 2³¹: the mean divides by all of them.</summary>
    [Fact]
    public void The_places_of_a_window_may_be_more_than_an_int_counts()
    {
        using Workers workers = new(1);
        const int Window = 1 << 16, Pad = Window - 1;
        PoolingShape shape = new()
        {
            Planes = 1,
            InHeight = 1,
            InWidth = 2,
            OutHeight = 1,
            OutWidth = 1,
            KernelHeight = Window,
            KernelWidth = Window,
            StrideHeight = Window * 2,
            StrideWidth = Window * 2,
            PadTop = Pad - 1,
            PadBottom = Pad,
            PadLeft = Pad - 1,
            PadRight = Pad,
        };
        float[] y = new float[1];
        AveragePooling.Forward<float>(shape, true, [3, 4], y, workers);
        Assert.Equal(7 / (float)(1L << 32), y[0]);
    }

    /// <summary>A window that begins at the image's edge and reaches far into the padding behind it: rows of vectors end where the image does.</summary>
    [Fact]
    public void Maxima_of_windows_that_reach_far_beyond_the_image_are_those_of_its_rest()
    {
        using Workers workers = new(1);
        PoolingShape shape = new() { Planes = 1, InHeight = 1, InWidth = 9, OutHeight = 1, OutWidth = 9, KernelHeight = 1, KernelWidth = int.MaxValue, PadRight = int.MaxValue - 1 };
        float[] x = [9, 1, 8, 2, 7, 3, 6, 4, 5], y = new float[9];
        MaxPooling.Forward<float>(shape, x, y, default, workers);
        Assert.Equal([9, 8, 8, 7, 7, 6, 6, 5, 5], y);
        long[] indices = new long[9];
        MaxPooling.Forward<float>(shape, x, y, indices, workers);
        Assert.Equal([0, 2, 2, 4, 4, 6, 6, 8, 8], indices);
    }

    private static int Out(int size, int pad, int padEnd, int reach, int stride, bool ceiling)
    {
        int room = size + pad + padEnd - reach;
        int count = ceiling ? ((room + stride - 1) / stride) + 1 : (room / stride) + 1;

        // ONNX: a window that would start beyond the input and its leading padding is dropped.
        return ceiling && (count - 1) * stride >= size + pad ? count - 1 : count;
    }

    private static void CheckMax<T>()
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int seed = 0;
        foreach (PoolingShape s in Shapes())
        {
            T[] x = Numbers.Random<T>(s.Planes * s.InPlane, ++seed), dy = Numbers.Random<T>(s.Planes * s.OutPlane, ++seed);
            for (int i = 0; i < x.Length; i += 2)
                x[i] = T.Round(x[i] * T.CreateChecked(3));
            T[] y = new T[dy.Length], want = new T[dy.Length], dx = new T[x.Length];
            double[] wantDx = new double[x.Length];
            long[] indices = new long[dy.Length], wantIndices = new long[dy.Length];
            int at = 0;
            for (int plane = 0; plane < s.Planes; plane++)
            {
                for (int oy = 0; oy < s.OutHeight; oy++)
                {
                    for (int ox = 0; ox < s.OutWidth; ox++, at++)
                    {
                        (wantIndices[at], want[at]) = (-1, T.NegativeInfinity);
                        foreach ((int iy, int ix) in Window(s, oy, ox))
                        {
                            int position = (((plane * s.InHeight) + iy) * s.InWidth) + ix;
                            if (iy >= 0 && ix >= 0 && iy < s.InHeight && ix < s.InWidth && (wantIndices[at] < 0 || x[position] > want[at]))
                                (wantIndices[at], want[at]) = (position, x[position]);
                        }

                        if (wantIndices[at] >= 0)
                            wantDx[wantIndices[at]] += double.CreateChecked(dy[at]);
                    }
                }
            }

            for (int threads = 1; threads <= 3; threads++)
            {
                using Workers workers = new(threads);
                Array.Fill(dx, T.NaN);
                MaxPooling.Forward<T>(s, x, y, indices, workers);
                Assert.Equal(want, y);
                Assert.Equal(wantIndices, indices);
                Array.Clear(y);
                MaxPooling.Forward<T>(s, x, y, default, workers);
                Assert.Equal(want, y);
                MaxPooling.Gradient<T>(s, x, dy, dx, workers);
                Numbers.Close<T>(wantDx, dx, 1e-6, $"{s} gradient");
            }
        }
    }

    private static void CheckAverage<T>(double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int seed = 0;
        foreach (PoolingShape s in Shapes())
        {
            foreach (bool includePad in (bool[])[false, true])
            {
                T[] x = Numbers.Random<T>(s.Planes * s.InPlane, ++seed), dy = Numbers.Random<T>(s.Planes * s.OutPlane, ++seed);
                double[] want = new double[dy.Length], wantDx = new double[x.Length];
                int at = 0;
                for (int plane = 0; plane < s.Planes; plane++)
                {
                    for (int oy = 0; oy < s.OutHeight; oy++)
                    {
                        for (int ox = 0; ox < s.OutWidth; ox++, at++)
                        {
                            (int Y, int X)[] all = [.. Window(s, oy, ox)];
                            int[] inside = [.. all.Where(p => p.Y >= 0 && p.X >= 0 && p.Y < s.InHeight && p.X < s.InWidth).Select(p => (((plane * s.InHeight) + p.Y) * s.InWidth) + p.X)];
                            int count = includePad ? all.Count(p => p.Y < s.InHeight + s.PadBottom && p.X < s.InWidth + s.PadRight) : inside.Length;
                            want[at] = count == 0 ? 0 : inside.Sum(i => double.CreateChecked(x[i])) / count;
                            foreach (int i in inside)
                                wantDx[i] += double.CreateChecked(dy[at]) / count;
                        }
                    }
                }

                T[] y = new T[dy.Length], dx = new T[x.Length];
                for (int threads = 1; threads <= 3; threads++)
                {
                    using Workers workers = new(threads);
                    Array.Fill(dx, T.NaN);
                    AveragePooling.Forward<T>(s, includePad, x, y, workers);
                    Numbers.Close<T>(want, y, tolerance, $"{s} forward");
                    AveragePooling.Gradient<T>(s, includePad, dy, dx, workers);
                    Numbers.Close<T>(wantDx, dx, 4 * tolerance, $"{s} gradient");
                }
            }
        }
    }

    private static IEnumerable<(int Y, int X)> Window(PoolingShape s, int oy, int ox)
    {
        for (int ky = 0; ky < s.KernelHeight; ky++)
        {
            for (int kx = 0; kx < s.KernelWidth; kx++)
                yield return ((oy * s.StrideHeight) + (ky * s.DilationHeight) - s.PadTop, (ox * s.StrideWidth) + (kx * s.DilationWidth) - s.PadLeft);
        }
    }
}
