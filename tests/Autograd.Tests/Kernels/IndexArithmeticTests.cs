using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

/// <summary>How kernels cut and place what has up to 2³¹ − 1 elements along an axis: sums and products of such sizes do not fit into an int.</summary>
public sealed class IndexArithmeticTests
{
    private static readonly int[] Lengths = [1, 7, 4096, 1 << 30, 1_431_655_767, 1_600_000_000, int.MaxValue - 15, int.MaxValue];

    [Fact]
    public void The_parts_of_a_product_cover_it()
    {
        foreach ((int m, int n) in Lengths.SelectMany(length => new[] { (length, 1), (1, length), (length, 3), (5, length) }))
        {
            foreach ((int threads, int k) in new[] { (1, 1), (2, 1), (3, 40), (64, 1) })
            {
                GemmGrid grid = GemmGrid.For(m, n, k, 12, 32, threads);
                string name = $"{m} × {n}, {threads} threads: {grid}";
                Assert.True((long)grid.Rows * grid.RowStep >= m && (grid.Rows - 1L) * grid.RowStep < m, name);
                Assert.True((long)grid.Columns * grid.ColumnStep >= n && (grid.Columns - 1L) * grid.ColumnStep < n, name);
            }
        }
    }

    [Fact]
    public void The_parts_of_a_row_are_whole_cache_lines_and_cover_it()
    {
        foreach (int columns in Lengths)
        {
            foreach (int parts in (int[])[1, 2, 3, 64])
            {
                long step = RowProduct<float, System.Runtime.Intrinsics.Vector256<float>, Simd256<float>>.Step(columns, parts);
                Assert.True(step * parts >= columns, $"{columns} columns in {parts} parts of {step}");
                Assert.True(step % 16 == 0 || step == int.MaxValue, $"{step}");
            }
        }
    }

    [Theory]
    [InlineData(0, 1, int.MaxValue - 1, 1, int.MaxValue, 4, int.MaxValue - 1, 0, 1)]
    [InlineData(2, 1 << 30, int.MaxValue - 1, 1, int.MaxValue, 4, int.MaxValue - 1, 2, 2)]
    [InlineData(1, 1 << 30, int.MaxValue - 1, 1, int.MaxValue, 4, int.MaxValue - 1, 0, 4)]
    [InlineData(1 << 20, 2047, 0, 2, 3, int.MaxValue, 0, 2_146_435_072, 3)]
    [InlineData(int.MaxValue - 3, 1, 1, 3, 2, int.MaxValue, 0, 2_147_483_643, 2)]
    [InlineData(0, 1, 5, 1 << 30, 3, 4, 0, 0, 0)]
    [InlineData(3, 1 << 30, 0, 1, 5, 1 << 20, 0, 0, 0)]
    public void A_window_has_the_places_within_the_image(int output, int stride, int pad, int dilation, int kernel, int size, int after, int begin, int count)
    {
        PoolingWindow window = new(output, stride, pad, dilation, kernel, size);
        Assert.Equal(count, window.Count(dilation));
        if (count > 0)
            Assert.Equal(begin, window.Begin);
        long padded = Enumerable.Range(0, Math.Min(kernel, 8)).LongCount(k => ((long)output * stride) - pad + ((long)k * dilation) < (long)size + after);
        if (kernel <= 8)
            Assert.Equal(padded, PoolingWindow.CountPadded(output, stride, pad, after, dilation, kernel, size));
    }

    [Fact]
    public void A_convolution_counts_its_places_in_64_bits()
    {
        ConvolutionShape image = new() { Batch = 1, InChannels = 1, InHeight = 1, InWidth = 9, OutChannels = 1, KernelHeight = 1, KernelWidth = 3 };
        Assert.Equal(3, (image with { PadLeft = 1 << 30, PadRight = 1 << 30, StrideWidth = 1 << 30 }).OutWidth);
        Assert.Equal(9, (image with { PadLeft = 1 << 30, PadRight = 1 << 30, DilationWidth = 1 << 30 }).OutWidth);
        Assert.Equal(0, (image with { PadLeft = 1 << 30, DilationWidth = int.MaxValue }).OutWidth);
        Assert.False((image with { PadLeft = 1 << 30 }).CanPad);
        Assert.False((image with { InHeight = 1 << 20, InWidth = 1 << 20 }).CanPad);
        Assert.False((image with { InChannels = 1 << 20, InWidth = 1 << 11 }).CanPad);
        Assert.True((image with { InChannels = 1 << 20, InWidth = 1 << 10 }).CanPad);
    }
}
