using System.Buffers.Binary;

namespace Toolkit.Reliability.Fuzzing;

/// <summary>Small and large changes of bytes.</summary>
internal static class Mutation
{
    private static readonly long[] Numbers =
        [0, 1, -1, 2, 7, 64, 127, 128, 255, 256, 65535, int.MaxValue, int.MinValue, int.MaxValue - 1, 1L << 28, 0x1FFFFFFF, long.MaxValue, long.MinValue];

    /// <summary>One to four changes.</summary>
    public static byte[] Of(Random random, byte[] seed, IReadOnlyList<byte[]> seeds)
    {
        byte[] bytes = seed;
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            bytes = Change(random, bytes, seeds);
        }

        return bytes;
    }

    private static byte[] Change(Random random, byte[] bytes, IReadOnlyList<byte[]> seeds)
    {
        int at = random.Next(bytes.Length + 1), length = Math.Min(random.Next(1, 1 << random.Next(1, 9)), bytes.Length - at);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Length:
                return With(bytes, at, [(byte)(bytes[at] ^ (1 << random.Next(8)))]);
            case 1 when at < bytes.Length:
                return With(bytes, at, [(byte)Numbers[random.Next(Numbers.Length)]]);
            case 2:
                return Number(random, bytes, at);
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                byte[] noise = new byte[random.Next(1, 20)];
                random.NextBytes(noise);
                return [.. bytes[..at], .. noise, .. bytes[at..]];
            case 6:
                return bytes[..at];
            case 7:
                byte[] other = seeds[random.Next(seeds.Count)];
                return [.. bytes[..at], .. other[random.Next(other.Length + 1)..]];
            default:
                int repeated = random.Next(1, 2000);
                return at == bytes.Length ? bytes : [.. bytes[..at], .. Enumerable.Repeat(bytes[at], repeated), .. bytes[at..]];
        }
    }

    /// <summary>Overwrites a number of two, four or eight bytes, in either order.</summary>
    private static byte[] Number(Random random, byte[] bytes, int at)
    {
        long number = Numbers[random.Next(Numbers.Length)];
        byte[] written = new byte[8];
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(written, number);
            return With(bytes, at, written.AsSpan(0, 2 << random.Next(3)));
        }

        BinaryPrimitives.WriteInt64BigEndian(written, number);
        return With(bytes, at, written.AsSpan(8 - (2 << random.Next(3))));
    }

    private static byte[] With(byte[] bytes, int at, ReadOnlySpan<byte> written)
    {
        byte[] copy = [.. bytes];
        written[..Math.Min(written.Length, bytes.Length - at)].CopyTo(copy.AsSpan(at));
        return copy;
    }
}
