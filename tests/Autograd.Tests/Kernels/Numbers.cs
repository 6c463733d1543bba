using System.Numerics;

namespace Toolkit.Autograd.Tests.Kernels;

/// <summary>Seeded data and comparisons for the tests of kernels.</summary>
internal static class Numbers
{
    public static T[] Random<T>(int count, int seed)
        where T : INumber<T>
    {
        Random random = new(seed);
        T[] values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = T.CreateTruncating((random.NextDouble() * 2) - 1);
        return values;
    }

    public static void Close<T>(double[] expected, ReadOnlySpan<T> actual, double tolerance, string what)
        where T : INumber<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double value = double.CreateTruncating(actual[i]);
            if (double.IsNaN(expected[i]) ? !double.IsNaN(value) : !(Math.Abs(expected[i] - value) <= tolerance * Math.Max(1, Math.Abs(expected[i])))
                && expected[i] != value)
                Assert.Fail($"{what}: element {i} is {value}, expected {expected[i]} within {tolerance}.");
        }
    }

    public static void SameBits<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string what)
        where T : unmanaged
    {
        ReadOnlySpan<byte> left = System.Runtime.InteropServices.MemoryMarshal.AsBytes(expected);
        ReadOnlySpan<byte> right = System.Runtime.InteropServices.MemoryMarshal.AsBytes(actual);
        int same = left.CommonPrefixLength(right);
        if (same < left.Length || left.Length != right.Length)
            Assert.Fail($"{what}: bits differ at byte {same} of {left.Length}.");
    }
}
