using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests;

/// <summary>Seeded numbers and comparisons for tests.</summary>
internal static class Randoms
{
    public static Value Normal(int seed, params int[] sizes)
    {
        var random = new System.Random(seed);
        Value value = Value.Zeros(DType.Float32, sizes);
        foreach (ref float element in value.Span<float>())
        {
            element = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return value;
    }

    public static void AssertClose(Value expected, Value actual, double tolerance)
    {
        Assert.Equal(expected.Sizes.ToArray(), actual.Sizes.ToArray());
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])),
                $"Element {i}: expected {expected[i]}, found {actual[i]}.");
        }
    }
}
