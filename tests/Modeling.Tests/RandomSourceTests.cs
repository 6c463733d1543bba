using CsCheck;

namespace Toolkit.Modeling.Tests;

public sealed class RandomSourceTests
{
    /// <summary>Block 0 is a known answer that the authors of Philox publish with their Random123 library; block 1 comes from a computation of its own.</summary>
    [Fact]
    public void The_first_words_are_those_of_block_0_and_1()
    {
        var random = new RandomSource(0);
        uint[] words = [.. Enumerable.Range(0, 8).Select(_ => random.NextUInt32())];
        Assert.Equal([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8, 0xf8e4cca4, 0x5cb200db, 0xb1a574eb, 0x097eff67], words);
    }

    [Fact]
    public void A_saved_state_continues_bit_for_bit() => Gen.Select(Gen.ULong, Gen.Int[0, 50]).Sample((seed, drawn) =>
    {
        var random = new RandomSource(seed);
        for (int i = 0; i < drawn; i++)
            random.NextUInt32();
        var restored = new RandomSource(random.State);
        Assert.Equal((ulong)drawn, random.State.Counter);
        for (int i = 0; i < 9; i++)
            Assert.Equal(random.NextUInt64(), restored.NextUInt64());
    });

    [Fact]
    public void Setting_the_state_back_repeats_the_numbers()
    {
        var random = new RandomSource(3);
        random.NextUInt32();
        RandomState state = random.State;
        double[] first = [random.NextNormal(), random.NextDouble(), random.NextInt32(1000)];
        random.State = state;
        Assert.Equal(first, (double[])[random.NextNormal(), random.NextDouble(), random.NextInt32(1000)]);
        random.State = new RandomState(4, state.Counter);
        Assert.NotEqual(first[0], random.NextNormal());
    }

    [Fact]
    public void Forks_by_name_or_number_do_not_depend_on_what_was_drawn()
    {
        var random = new RandomSource(7);
        ulong byName = random.Fork("weights").NextUInt64(), byNumber = random.Fork(5).NextUInt64();
        random.NextNormal();
        Assert.Equal(byName, random.Fork("weights").NextUInt64());
        Assert.Equal(byNumber, random.Fork(5).NextUInt64());
    }

    [Fact]
    public void Forks_differ_from_each_other_and_from_their_source()
    {
        var random = new RandomSource(7);
        string[] names = ["", "a", "b", "ab", "ba", "a\0", "12345678", "123456789", "1234567812345678"];
        var seen = new HashSet<ulong> { new RandomSource(7).NextUInt64() };
        foreach (string name in names)
            Assert.True(seen.Add(random.Fork(name).NextUInt64()), name);
        for (int i = -3; i < 1000; i++)
            Assert.True(seen.Add(random.Fork(i).NextUInt64()));
        for (int i = 0; i < 1000; i++)
            Assert.True(seen.Add(random.Fork().NextUInt64()));
    }

    /// <summary>Of 2³² words, 8/3 fall to each of 3·2²⁹ numbers: three to those that leave 0 or 1 when divided by 3, two to the others, unless some words are rejected.</summary>
    [Fact]
    public void Integers_below_a_large_bound_have_no_bias()
    {
        var random = new RandomSource(8);
        const int Drawn = 30_000, Bound = 3 << 29;
        int[] counts = new int[3];
        for (int i = 0; i < Drawn; i++)
        {
            int number = random.NextInt32(Bound);
            Assert.InRange(number, 0, Bound - 1);
            counts[number % 3]++;
        }

        Assert.All(counts, count => Assert.Equal(1 / 3.0, count / (double)Drawn, 4 * Math.Sqrt(2 / 9.0 / Drawn)));
    }

    [Fact]
    public void Bounded_integers_are_uniform()
    {
        var random = new RandomSource(11);
        int[] counts = new int[7];
        const int Draws = 70_000;
        for (int i = 0; i < Draws; i++)
            counts[random.NextInt32(7)]++;
        double chiSquare = counts.Sum(count => Math.Pow(count - (Draws / 7.0), 2) / (Draws / 7.0));
        Assert.InRange(chiSquare, 0.3, 22.5); // 6 degrees of freedom: 0.1 % at either end
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt32(0));
    }

    [Fact]
    public void Uniform_numbers_fill_their_range()
    {
        var random = new RandomSource(12);
        float[] values = new float[100_000];
        random.FillUniform(values, -2.0, 4.0);
        Assert.InRange(values.Average(), 1.0 - 0.03, 1.0 + 0.03);
        Assert.InRange(values.Select(value => (value - 1.0) * (value - 1.0)).Average(), 2.95, 3.05);
        Assert.InRange(values.Min(), -2.0, -1.999);
        Assert.InRange(values.Max(), 3.999, 4.0);
    }

    [Fact]
    public void Normal_numbers_have_the_moments_and_tails_of_the_normal_distribution()
    {
        var random = new RandomSource(13);
        const int Draws = 200_000;
        double[] values = [.. Enumerable.Range(0, Draws).Select(_ => random.NextNormal())];
        Assert.InRange(values.Average(), -0.01, 0.01);
        Assert.InRange(values.Average(x => x * x), 0.985, 1.015);
        Assert.InRange(values.Average(x => x * x * x), -0.04, 0.04);
        Assert.InRange(values.Average(x => x * x * x * x), 2.9, 3.1);
        Assert.InRange(values.Count(x => Math.Abs(x) > 1.959964) / (double)Draws, 0.048, 0.052);
    }

    [Fact]
    public void Shuffling_reaches_every_order_equally_often()
    {
        var random = new RandomSource(14);
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < 24_000; i++)
        {
            char[] letters = ['a', 'b', 'c', 'd'];
            random.Shuffle(letters.AsSpan());
            string order = new(letters);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Portable_logarithm_agrees_with_the_platform() => Gen.Double[1e-300, 1e300].Sample(x =>
        Assert.Equal(Math.Log(x), PortableMath.Log(x), Math.Max(1e-15, Math.Abs(Math.Log(x)) * 1e-15)));

    [Fact]
    public void Portable_logarithm_is_exact_at_1_and_accurate_around_it()
    {
        Assert.Equal(0.0, PortableMath.Log(1.0));
        Gen.Double[0.5, 2.0].Sample(x => Assert.Equal(Math.Log(x), PortableMath.Log(x), 3e-16));
    }

    [Fact]
    public void Portable_sine_and_cosine_agree_with_the_platform() => Gen.Double[0.0, 2.0].Sample(turns =>
    {
        (double sin, double cos) = PortableMath.SinCosTurns(turns);
        (double expectedSin, double expectedCos) = Math.SinCos(turns * Math.Tau);
        Assert.Equal(expectedSin, sin, 2e-15);
        Assert.Equal(expectedCos, cos, 2e-15);
    });
}
