using System.Globalization;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Bench.Kernels;

/// <summary>Products of uint8 by constant int8 against products of float32 of the same sizes and against ONNX Runtime, in turns.</summary>
internal static class ByteProducts
{
    private static readonly (int M, int N, int K)[] Shapes = [(1, 1024, 1024), (32, 256, 256), (128, 512, 784), (128, 384, 1536), (512, 512, 512), (1024, 1024, 1024)];

    /// <summary>Prints one line per shape: products a second in thousands of millions of operations, and the ratios.</summary>
    /// <param name="threads">Threads of all.</param>
    /// <param name="seconds">Time per line.</param>
    public static void Run(int threads, double seconds)
    {
        Console.WriteLine($"{threads} thread(s), {SimdWidths.Best}; 10⁹ operations/s, medians of samples in turns");
        Console.WriteLine("| product | int8 | float32 | over float32 | ONNX Runtime int8 | over it |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach ((int m, int n, int k) in Shapes)
            Line(m, n, k, threads, seconds);
    }

    private static void Line(int m, int n, int k, int threads, double seconds)
    {
        var random = new Random(1);
        var options = new ExecutionOptions { Threads = threads };
        Value a = Value.Zeros(DType.UInt8, m, k), b = Value.Zeros(DType.Int8, k, n), x = Value.Zeros(DType.Float32, m, k), w = Value.Zeros(DType.Float32, k, n);
        random.NextBytes(a.Bytes);
        random.NextBytes(b.Bytes);
        foreach (Value value in new[] { x, w })
        {
            foreach (ref float number in value.Span<float>())
                number = random.NextSingle() - 0.5f;
        }

        Variable bytes = Variable.Input("x", DType.UInt8, [m, k]), floats = Variable.Input("x", DType.Float32, [m, k]);
        var signature = new Signature([bytes], [new Output("y", new MatMulInteger().Apply(bytes, Variable.Of(b), Variable.Of(Value.Of((byte)120)), null))]);
        Function own = Function.Compile(signature, options), single = Function.Compile([floats], [Ops.MatMul(floats, Variable.Of(w))], options: options);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature), new ServingOptions { IntraOpThreads = threads });
        Value[] result = new Value[1];
        double operations = 2.0 * m * n * k;
        double[] times = Turns.Medians(threads, seconds, () => own.RunInto([a], result), () => single.RunInto([x], result), () => session.Run(a));
        double[] rates = [.. times.Select(time => operations / time / 1e9)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {m}x{n}x{k} | {rates[0]:F0} | {rates[1]:F0} | {rates[0] / rates[1]:F2} | {rates[2]:F0} | {rates[0] / rates[2]:F2} |"));
    }
}
