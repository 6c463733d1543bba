using BenchmarkDotNet.Attributes;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Bench.Kernels;

/// <summary>Square matrix products on one thread.</summary>
public class GemmBenchmarks
{
    private readonly Workers workers = new(1);
    private float[] a = [];
    private float[] b = [];
    private float[] c = [];

    [Params(128, 512, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        a = [.. Enumerable.Range(0, Size * Size).Select(_ => random.NextSingle() - 0.5f)];
        b = [.. Enumerable.Range(0, Size * Size).Select(_ => random.NextSingle() - 0.5f)];
        c = new float[Size * Size];
    }

    [Benchmark]
    public void Multiply() => Gemm.Multiply(false, false, Size, Size, Size, 1f, a, Size, b, Size, 0f, c, Size, workers);
}
