using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public unsafe class PhiloxTests
{
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Blocks_match_the_published_vectors(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint w0, uint w1, uint w2, uint w3)
    {
        ulong block = c0 | ((ulong)c1 << 32), stream = c2 | ((ulong)c3 << 32), key = k0 | ((ulong)k1 << 32);
        Assert.Equal((w0, w1, w2, w3), Philox.Block(key, block, stream));
        foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
        {
            uint[] several = new uint[4 * 19];
            fixed (uint* pw = several)
                Philox.Words(width, key, stream, block, 19, pw);
            Assert.Equal([w0, w1, w2, w3], several[..4]);
        }
    }

    [Fact]
    public void All_vector_widths_give_the_same_words()
    {
        foreach (int blocks in (int[])[1, 3, 4, 7, 8, 9, 64, 67])
        {
            uint[] expected = new uint[4 * blocks];
            foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
            {
                uint[] words = new uint[4 * blocks];
                fixed (uint* p = words)
                    Philox.Words(width, 0x123456789abcdef0, 0xfedcba9876543210, uint.MaxValue - 5UL, blocks, p);
                if (width == SimdWidth.Vector128)
                    expected = words;
                Assert.Equal(expected, words);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_element_depends_on_key_counter_and_index_alone(int threads)
    {
        using Workers workers = new(threads);
        float[] all = new float[100_003], some = new float[20_001];
        double[] allDouble = new double[50_003], someDouble = new double[17];
        Philox.Uniform(7, 9, all, workers);
        Philox.Uniform(7, 9, some, workers);
        Assert.Equal(all[..some.Length], some);
        Philox.Uniform(7, 9, allDouble, workers);
        Philox.Uniform(7, 9, someDouble, workers);
        Assert.Equal(allDouble[..someDouble.Length], someDouble);

        using Workers one = new(1);
        float[] again = new float[all.Length];
        Philox.Uniform(7, 9, again, one);
        Assert.Equal(again, all);
    }

    [Fact]
    public void Uniform_values_are_the_words_as_documented()
    {
        using Workers workers = new(1);
        uint[] words = new uint[40];
        fixed (uint* p = words)
            Philox.Words(SimdWidth.Vector128, 5, 6, 0, 10, p);
        float[] single = new float[39];
        double[] twice = new double[19];
        Philox.Uniform(5, 6, single, workers);
        Philox.Uniform(5, 6, twice, workers);
        for (int i = 0; i < single.Length; i++)
            Assert.Equal((words[i] >> 8) / 16777216f, single[i]);
        for (int i = 0; i < twice.Length; i++)
            Assert.Equal(((words[2 * i] | ((ulong)words[(2 * i) + 1] << 32)) >> 11) / 9007199254740992.0, twice[i]);
    }

    [Fact]
    public void Moments_are_those_of_the_distributions()
    {
        using Workers workers = new(2);
        const int Count = 1 << 20;
        float[] values = new float[Count];
        Philox.Uniform(42, 0, values, workers);
        Assert.All(values, v => Assert.InRange(v, 0, 1 - (1f / 16777216)));
        Assert.Equal(0.5, values.Average(v => (double)v), 0.0015);
        Assert.Equal(1.0 / 12, values.Average(v => (v - 0.5) * (v - 0.5)), 0.0005);
    }
}
