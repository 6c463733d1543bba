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

    private static IEnumerable<PoolingShape> Shapes()
    {
        Random random = new(5);
        for (int i = 0; i < 120; i++)
        {
            bool plain = i % 3 == 0;
            int kernelHeight = random.Next(1, 4), kernelWidth = random.Next(1, 4);
            int dilationHeight = plain ? 1 : random.Next(1, 3), dilationWidth = plain ? 1 : random.Next(1, 3);
            int reachHeight = (dilationHeight * (kernelHeight - 1)) + 1, reachWidth = (dilationWidth * (kernelWidth - 1)) + 1;
            int padTop = random.Next(0, kernelHeight), padLeft = random.Next(0, kernelWidth), padBottom = random.Next(0, kernelHeight), padRight = random.Next(0, kernelWidth);
            int height = random.Next(reachHeight, 20), width = random.Next(reachWidth, 24);
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
                MaxPooling.Gradient<T>(s, dy, indices, dx, workers);
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
