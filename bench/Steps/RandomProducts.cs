using Toolkit.Modeling;

namespace Toolkit.Bench.Steps;

/// <summary>Fifty matrix products whose sizes are drawn from 1 to 1500 with a fixed seed, so that every run and every peer sees the same.</summary>
internal static class RandomProducts
{
    /// <summary>What stands for all of them in a list of names.</summary>
    public const string Group = "gemm-random";

    private const int Count = 50;
    private const int LargestSize = 1500;

    public static IReadOnlyList<(string Name, int M, int N, int K)> All { get; } = Draw();

    private static (string Name, int M, int N, int K)[] Draw()
    {
        var random = new RandomSource(50);
        var products = new (string Name, int M, int N, int K)[Count];
        for (int i = 0; i < Count; i++)
        {
            (int m, int n, int k) = (1 + random.NextInt32(LargestSize), 1 + random.NextInt32(LargestSize), 1 + random.NextInt32(LargestSize));
            products[i] = ($"gemm-{m}x{n}x{k}", m, n, k);
        }

        return products;
    }
}
