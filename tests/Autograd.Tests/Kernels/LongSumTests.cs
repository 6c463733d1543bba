using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Kernels;

/// <summary>
/// Sums of millions of float32 numbers: equal numbers round the same way at each addition, so a plain sum of 10⁶ of them is a percent off. The exact
/// sums are known in closed form.
/// </summary>
public sealed unsafe class LongSumTests
{
    private const float Tenth = 0.1f;

    /// <summary>Image, batch and kernel: one great image, one long row, and many small images.</summary>
    public static TheoryData<string, int, int, int, int> Images
    {
        get
        {
            var data = new TheoryData<string, int, int, int, int>();
            foreach (string width in Enum.GetNames<SimdWidth>())
            {
                data.Add(width, 1, 1000, 1002, 3);
                data.Add(width, 1, 3, 100_002, 3);
                data.Add(width, 4000, 18, 18, 3);
                data.Add(width, 4000, 18, 18, 5);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Weight_gradients_over_patches(string width, int batch, int height, int wide, int kernel) =>
        WeightGradient(batch, height, wide, kernel, (in ConvolutionShape shape, float* x, float* dy, float* dw, Workers workers) => TapGradient.Run(shape, x, dy, dw, Enum.Parse<SimdWidth>(width), workers));

    [Theory]
    [MemberData(nameof(Images))]
    public void Weight_gradients_by_winograd(string width, int batch, int height, int wide, int kernel) =>
        WeightGradient(batch, height, wide, kernel, (in ConvolutionShape shape, float* x, float* dy, float* dw, Workers workers) => Winograd.WeightGradient(Enum.Parse<SimdWidth>(width), shape, x, dy, dw, workers));

    /// <summary>A row of tiles must fit into memory, so endless rows are for the other kernels.</summary>
    [Fact]
    public void Winograd_is_not_for_endless_rows()
    {
        ConvolutionShape Shape(int width) => new() { Batch = 1, InChannels = 64, InHeight = 32, InWidth = width, OutChannels = 64, KernelHeight = 3, KernelWidth = 3 };
        Assert.True(Winograd.Suits<float>(Shape(1000)));
        Assert.False(Winograd.Suits<float>(Shape(1_000_000)));
    }

    [Theory]
    [InlineData(1 << 24, 1)]
    [InlineData(1 << 20, 16)]
    [InlineData(1 << 20, 3)]
    public void Softmax_over_a_long_axis(int axis, int inner)
    {
        using Workers workers = new(2);
        // One logit of 0 and all others of ln 0.1, whose exponential is rounded once.
        var x = new float[axis * inner];
        Array.Fill(x, MathF.Log(Tenth));
        x.AsSpan(0, inner).Clear();
        double sum = 1 + ((axis - 1.0) * Math.Exp(MathF.Log(Tenth)));
        var y = new float[x.Length];
        Softmax.Forward<float>(x, 1, axis, inner, y, workers);
        for (int i = 0; i < inner; i++)
            Assert.Equal(1, y[i] * sum, 1e-5);
        Softmax.LogForward<float>(x, 1, axis, inner, y, workers);
        for (int i = 0; i < inner; i++)
            Assert.Equal(-Math.Log(sum), y[i], 1e-5);
    }

    [Theory]
    [InlineData(1500, 1500)]
    [InlineData(1, 2_000_000)]
    [InlineData(2_000_000, 1)]
    public void Means_of_great_windows(int height, int width)
    {
        using Workers workers = new(1);
        var x = new float[height * width];
        Array.Fill(x, Tenth);
        var shape = new PoolingShape { Planes = 1, InHeight = height, InWidth = width, OutHeight = 1, OutWidth = 1, KernelHeight = height, KernelWidth = width };
        var y = new float[1];
        AveragePooling.Forward<float>(shape, false, x, y, workers);
        Assert.Equal(1, y[0] / Tenth, 1e-5);
    }

    /// <summary>Row 1 is named two million times, rows 0 and 2 now and then.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Rows_to_which_very_many_slices_are_added(int slice)
    {
        const int Count = 2_000_000;
        long[] indices = [.. Enumerable.Range(0, Count).Select(i => i % 100_000 == 7 ? 0L : i % 100_000 == 8 ? -1L : 1L)];
        var g = new float[Count * slice];
        Array.Fill(g, Tenth);
        Variable index = Variable.Input("index", DType.Int64, [Count]), gradient = Variable.Input("g", DType.Float32, [Count, slice]);
        double[] expected = [.. new[] { 20, Count - 40, 20 }.SelectMany(times => Enumerable.Repeat(times * (double)Tenth, slice))];
        Value[] inputs = [Value.Of(indices, Count), Value.Of(g, Count, slice)];
        Near(expected, Function.Compile([index, gradient], [new GatherGradient(0).Apply(index, gradient, Ops.Integers(3))]).Run(inputs)[0]);
        Variable added = new ScatterND(ScatterReduction.Add).Apply(Variable.Of(Value.Full(Tenth, DType.Float32, [3, slice])), Ops.Reshape(index, [Count, 1]), gradient);
        Near([.. expected.Select(sum => sum + Tenth)], Function.Compile([index, gradient], [added]).Run(inputs)[0]);
    }

    private static void Near(double[] expected, Value found)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(1, found.Span<float>()[i] / expected[i], 1e-5);
    }

    private delegate void Gradient(in ConvolutionShape shape, float* x, float* dy, float* dw, Workers workers);

    /// <summary>An image of ones with tenths that go back through it: each tap is a tenth of the number of positions.</summary>
    private static void WeightGradient(int batch, int height, int width, int kernel, Gradient gradient)
    {
        var shape = new ConvolutionShape { Batch = batch, InChannels = 1, InHeight = height + kernel - 3, InWidth = width + kernel - 3, OutChannels = 1, KernelHeight = kernel, KernelWidth = kernel };
        float[] x = new float[batch * shape.InPlane], dy = new float[batch * shape.OutPlane];
        Array.Fill(x, 1f);
        Array.Fill(dy, Tenth);
        float[]? first = null;
        foreach (int threads in new[] { 1, 2 })
        {
            using Workers workers = new(threads);
            var dw = new float[kernel * kernel];
            fixed (float* px = x, py = dy, pw = dw)
                gradient(shape, px, py, pw, workers);
            foreach (float tap in dw)
                Assert.Equal(1, tap / (batch * (double)shape.OutPlane * Tenth), 1e-5);
            Numbers.SameBits<float>(first ??= dw, dw, $"{threads} threads");
        }
    }
}
