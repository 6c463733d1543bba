using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public sealed class WinogradTests
{
    // Largest error over largest value, as for the sums over patches themselves.
    private const double Tolerance = 5e-6;

    [Fact]
    public void Forward_and_gradients_match_naive_loops_at_every_width()
    {
        int seed = 0;
        foreach (ConvolutionShape shape in Shapes())
        {
            float[] x = Numbers.Random<float>(shape.Batch * shape.InChannels * shape.InPlane, ++seed);
            float[] w = Numbers.Random<float>(shape.OutChannels * shape.PatchSize, ++seed);
            float[] bias = (seed & 2) == 0 ? [] : Numbers.Random<float>(shape.OutChannels, ++seed);
            float[] dy = Numbers.Random<float>(shape.Batch * shape.OutChannels * shape.OutPlane, ++seed);
            double[] y2 = new double[dy.Length], dx2 = new double[x.Length], dw2 = new double[w.Length];
            ConvolutionTests.Naive(shape, x, w, bias, dy, y2, dx2, dw2);
            bool relu = (seed & 1) == 0;
            foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
            {
                float[]? y1 = null, dw1 = null;
                foreach (int threads in (int[])[1, 3, 16])
                {
                    using Workers workers = new(threads);
                    float[] y = Filled(dy.Length), dw = Filled(w.Length);
                    Forward(width, shape, x, w, bias, relu, y, workers);
                    WeightGradient(width, shape, x, dy, dw, workers);
                    Near(relu ? [.. y2.Select(v => Math.Max(v, 0))] : y2, y, $"{shape} {width} forward");
                    Near(dw2, dw, $"{shape} {width} weight gradient");
                    Numbers.SameBits<float>(y1 ??= y, y, $"{shape} {width} forward");
                    Numbers.SameBits<float>(dw1 ??= dw, dw, $"{shape} {width} weight gradient");
                }
            }

            using Workers two = new(2);
            float[] dx = Filled(x.Length);
            if (Convolution.Adjoint(shape) is { PadTop: >= 0, PadLeft: >= 0, PadBottom: >= 0, PadRight: >= 0 })
            {
                Winograd.InputGradient<float>(shape, dy, w, dx, two);
                Near(dx2, dx, $"{shape} input gradient");
            }
        }
    }

    [Fact]
    public void Weights_that_were_transformed_before_give_the_same_bits()
    {
        ConvolutionShape shape = new() { Batch = 2, InChannels = 20, InHeight = 9, InWidth = 11, OutChannels = 40, KernelHeight = 5, KernelWidth = 5, PadTop = 2, PadLeft = 2 };
        float[] x = Numbers.Random<float>(shape.Batch * shape.InChannels * shape.InPlane, 1), w = Numbers.Random<float>(shape.OutChannels * shape.PatchSize, 2);
        float[] first = Filled(shape.Batch * shape.OutChannels * shape.OutPlane), second = Filled(first.Length);
        using Workers workers = new(2);
        Winograd.Forward<float>(shape, x, w, [], first, workers);
        Winograd.Forward<float>(shape, x, w, [], second, workers, packed: Winograd.Pack<float>(shape, w));
        Numbers.SameBits<float>(first, second, "packed");
    }

    [Fact]
    public void Small_kernels_of_many_channels_suit()
    {
        ConvolutionShape suits = new() { Batch = 8, InChannels = 32, InHeight = 14, InWidth = 14, OutChannels = 64, KernelHeight = 5, KernelWidth = 5, PadTop = 2, PadLeft = 2, PadBottom = 2, PadRight = 2 };
        Assert.True(Winograd.Suits<float>(suits));
        Assert.True(Winograd.Suits<float>(suits with { KernelHeight = 3, KernelWidth = 3 }));
        Assert.False(Winograd.Suits<double>(suits));
        Assert.False(Winograd.Suits<float>(suits with { InChannels = 1 }));
        Assert.False(Winograd.Suits<float>(suits with { StrideWidth = 2 }));
        Assert.False(Winograd.Suits<float>(suits with { DilationHeight = 2 }));
        Assert.False(Winograd.Suits<float>(suits with { KernelHeight = 3 }));
        Assert.False(Winograd.Suits<float>(suits with { KernelHeight = 7, KernelWidth = 7 }));
        Assert.False(Winograd.Suits<float>(suits with { PadTop = -1 }));
    }

    [Fact]
    public void Transformed_weights_that_stay_in_no_cache_suit_only_if_many_tiles_meet_them()
    {
        ConvolutionShape few = new() { Batch = 1, InChannels = 512, InHeight = 7, InWidth = 7, OutChannels = 512, KernelHeight = 3, KernelWidth = 3, PadTop = 1, PadLeft = 1, PadBottom = 1, PadRight = 1 };
        Assert.False(Winograd.Suits<float>(few));
        Assert.True(Winograd.Suits<float>(few with { InHeight = 28, InWidth = 28 }));
        Assert.True(Winograd.Suits<float>(few with { InChannels = 128, OutChannels = 128 }));
        Assert.False(Winograd.Suits<float>(few with { Batch = 64 }));
    }

    private static IEnumerable<ConvolutionShape> Shapes()
    {
        ConvolutionShape basic = new() { Batch = 2, InChannels = 32, InHeight = 14, InWidth = 14, OutChannels = 64, KernelHeight = 5, KernelWidth = 5 };
        yield return basic with { PadTop = 2, PadLeft = 2, PadBottom = 2, PadRight = 2 };
        yield return basic with { KernelHeight = 3, KernelWidth = 3, PadTop = 1, PadLeft = 1, PadBottom = 1, PadRight = 1 };
        yield return basic with { InHeight = 40, InWidth = 37, Batch = 1 };
        yield return basic with { KernelHeight = 3, KernelWidth = 3, InChannels = 130, InHeight = 30, InWidth = 5, Batch = 1 };
        yield return basic with { InHeight = 5, InWidth = 5, Batch = 3 };
        yield return basic with { KernelHeight = 3, KernelWidth = 3, InChannels = 20, OutChannels = 150, Groups = 1, InHeight = 15, InWidth = 9, Batch = 1, PadTop = 1, PadLeft = 1 };
        yield return basic with { InChannels = 3, OutChannels = 1, InHeight = 2, InWidth = 1, PadTop = 4, PadRight = 4, PadBottom = 2, PadLeft = 1 };
        Random random = new(5);
        for (int i = 0; i < 24; i++)
        {
            int groups = random.Next(1, 3), kernel = random.Next(2) == 0 ? 3 : 5;
            yield return new ConvolutionShape
            {
                Batch = random.Next(1, 4),
                InChannels = groups * random.Next(1, 40),
                OutChannels = groups * random.Next(1, 40),
                Groups = groups,
                InHeight = random.Next(kernel, 14),
                InWidth = random.Next(kernel, 20),
                KernelHeight = kernel,
                KernelWidth = kernel,
                PadTop = random.Next(0, 3),
                PadLeft = random.Next(0, 3),
                PadBottom = random.Next(0, 3),
                PadRight = random.Next(0, 3),
            };
        }
    }

    private static void Near(double[] expected, float[] actual, string what)
    {
        double scale = Math.Max(expected.Max(Math.Abs), 1e-3), error = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(error <= Tolerance * scale, $"{what}: error {error / scale:E2} of the largest value.");
    }

    private static float[] Filled(int count)
    {
        float[] values = new float[count];
        Array.Fill(values, float.NaN);
        return values;
    }

    private static unsafe void Forward(SimdWidth width, ConvolutionShape shape, float[] x, float[] w, float[] bias, bool relu, float[] y, Workers workers)
    {
        fixed (float* px = x, pw = w, pb = bias, py = y)
            Winograd.Forward(width, shape, px, pw, pb, relu, py, workers, null);
    }

    private static unsafe void WeightGradient(SimdWidth width, ConvolutionShape shape, float[] x, float[] dy, float[] dw, Workers workers)
    {
        fixed (float* px = x, py = dy, pw = dw)
            Winograd.WeightGradient(width, shape, px, py, pw, workers);
    }
}
