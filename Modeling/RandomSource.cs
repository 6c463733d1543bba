using System.Runtime.CompilerServices;
using System.Text;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Modeling;

/// <summary>
/// Reproducible random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) with an
/// explicit state. The same seed gives the same bits on every platform and .NET version; <see cref="Fork(string)"/> gives
/// independent streams whose numbers do not depend on the order in which parts of a program draw.
/// </summary>
/// <remarks>Not safe for use by several threads at once: give each its own fork. Not for secrets.</remarks>
public sealed class RandomSource
{
    // Counter words with this upper half derive keys; numbers are drawn with an upper half of zero.
    private const ulong ForkDomain = 0x666F726B00000000;

    private ulong blockIndex = ulong.MaxValue;
    private ulong blockKey;
    private (uint X0, uint X1, uint X2, uint X3) block;

    /// <summary>A source for a seed. Every seed is good, 0 included; different seeds give independent streams.</summary>
    /// <param name="seed">The key of the generator.</param>
    public RandomSource(ulong seed)
    {
        State = new RandomState(seed, 0);
    }

    /// <summary>A source that continues where the one with this state stood.</summary>
    /// <param name="state">A saved <see cref="State"/>.</param>
    public RandomSource(RandomState state)
    {
        State = state;
    }

    /// <summary>The key and the number of words drawn; may be set to go back or on.</summary>
    public RandomState State { get; set; }

    /// <summary>An independent stream named by text. Does not advance this source, and does not depend on how far it has advanced:
    /// the same name gives the same stream.</summary>
    /// <param name="name">Any text, compared by its UTF-8 bytes.</param>
    public RandomSource Fork(string name)
    {
        // Each eight bytes of the name pass through the keyed bijection, so names that differ anywhere give unrelated keys.
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        ulong key = Derive(State.Key, (ulong)bytes.Length, 1);
        for (int i = 0; i < bytes.Length; i += 8)
        {
            ulong chunk = 0;
            for (int j = i; j < Math.Min(i + 8, bytes.Length); j++)
                chunk = (chunk << 8) | bytes[j];
            key = Derive(key, chunk, 2);
        }

        return new RandomSource(key);
    }

    /// <summary>An independent stream named by a number (a row, an epoch). Does not advance this source: the same number gives the
    /// same stream.</summary>
    /// <param name="index">Any number.</param>
    public RandomSource Fork(long index) => new(Derive(State.Key, (ulong)index, 3));

    /// <summary>The next independent stream: draws its key from this source, so that each call gives another one.</summary>
    public RandomSource Fork() => new(Derive(State.Key, NextUInt64(), 4));

    /// <summary>32 uniform bits.</summary>
    public uint NextUInt32()
    {
        (ulong key, ulong counter) = State;
        ulong index = counter >> 2;
        // A block is kept while its four words are handed out; the key is part of the check because State may be set.
        if (index != blockIndex || key != blockKey)
        {
            block = Philox.Block(key, index, 0);
            blockIndex = index;
            blockKey = key;
        }

        State = new RandomState(key, counter + 1);
        return (counter & 3) switch { 0 => block.X0, 1 => block.X1, 2 => block.X2, _ => block.X3 };
    }

    /// <summary>64 uniform bits: two draws of 32, the first one low.</summary>
    public ulong NextUInt64()
    {
        ulong low = NextUInt32();
        return low | ((ulong)NextUInt32() << 32);
    }

    /// <summary>A uniform number in [0, 1) on a grid of 2⁻⁵³.</summary>
    public double NextDouble() => Unit(NextUInt32(), NextUInt32());

    /// <summary>A uniform number in [0, 1) on a grid of 2⁻²⁴; one draw of 32 bits.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1.0f / (1 << 24));

    /// <summary>A uniform number in [<paramref name="low"/>, <paramref name="high"/>) up to rounding.</summary>
    /// <param name="low">The lower end, included.</param>
    /// <param name="high">The upper end.</param>
    public double NextUniform(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>A uniform integer in [0, <paramref name="bound"/>), without bias.</summary>
    /// <param name="bound">The number of possible values, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is 0 or negative.</exception>
    public int NextInt32(int bound)
    {
        Settings.AtLeastOne(bound);
        // Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019.
        ulong product = (ulong)NextUInt32() * (uint)bound;
        if ((uint)product < (uint)bound)
        {
            uint threshold = (0u - (uint)bound) % (uint)bound;
            while ((uint)product < threshold)
                product = (ulong)NextUInt32() * (uint)bound;
        }

        return (int)(product >> 32);
    }

    /// <summary>A number from the standard normal distribution (mean 0, variance 1): Box and Muller 1958, the cosine branch, four
    /// draws of 32 bits. |x| stays below 8.6.</summary>
    public double NextNormal() => Normal(NextDouble(), NextDouble());

    /// <summary>A number from the normal distribution with a mean and a standard deviation.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation.</param>
    public double NextNormal(double mean, double deviation) => mean + (deviation * NextNormal());

    /// <summary>Fills a span with uniform numbers, as <see cref="NextUniform"/> rounded to single precision.</summary>
    /// <param name="destination">The numbers.</param>
    /// <param name="low">The lower end, included.</param>
    /// <param name="high">The upper end.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FillUniform(Span<float> destination, double low, double high)
    {
        // Whole blocks of two numbers, as the weights of a network are drawn: optimized at once, since most programs fill few spans.
        int whole = (State.Counter & 3) == 0 ? destination.Length & ~1 : 0;
        (ulong key, ulong counter) = State;
        for (int i = 0; i < whole; i += 2, counter += 4)
        {
            (uint x0, uint x1, uint x2, uint x3) = Philox.Block(key, counter >> 2, 0);
            destination[i] = (float)(low + ((high - low) * Unit(x0, x1)));
            destination[i + 1] = (float)(low + ((high - low) * Unit(x2, x3)));
        }

        State = new RandomState(key, counter);
        foreach (ref float value in destination[whole..])
            value = (float)NextUniform(low, high);
    }

    /// <summary>Fills a span with normal numbers, as <see cref="NextNormal(double, double)"/> rounded to single precision.</summary>
    /// <param name="destination">The numbers.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FillNormal(Span<float> destination, double mean, double deviation)
    {
        // One block a number, in a loop that is optimized at once.
        int whole = (State.Counter & 3) == 0 ? destination.Length : 0;
        (ulong key, ulong counter) = State;
        for (int i = 0; i < whole; i++, counter += 4)
        {
            (uint x0, uint x1, uint x2, uint x3) = Philox.Block(key, counter >> 2, 0);
            destination[i] = (float)(mean + (deviation * Normal(Unit(x0, x1), Unit(x2, x3))));
        }

        State = new RandomState(key, counter);
        foreach (ref float value in destination[whole..])
            value = (float)NextNormal(mean, deviation);
    }

    /// <summary>Puts the elements into a uniformly random order (Fisher and Yates; Durstenfeld 1964).</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="values">The elements, reordered in place.</param>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    private static double Unit(uint low, uint high) => ((low | ((ulong)high << 32)) >> 11) * (1.0 / (1UL << 53));

    private static double Normal(double u, double v) => Math.Sqrt(-2.0 * PortableMath.Log(1.0 - u)) * PortableMath.SinCosTurns(v).Cos;

    private static ulong Derive(ulong key, ulong value, uint purpose)
    {
        (uint x0, uint x1, _, _) = Philox.Block(key, value, ForkDomain | purpose);
        return x0 | ((ulong)x1 << 32);
    }
}
