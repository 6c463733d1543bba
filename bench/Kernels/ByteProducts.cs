using System.Globalization;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Bench.Kernels;

/// <summary>Products and convolutions of uint8 by constant int8 against those of float32 of the same sizes and against ONNX Runtime, in turns.</summary>
internal static class ByteProducts
{
    private static readonly (int M, int N, int K)[] Shapes = [(1, 1024, 1024), (2, 1024, 1024), (4, 1024, 1024), (8, 1024, 1024), (32, 256, 256), (128, 512, 784), (128, 384, 1536), (512, 512, 512), (1024, 1024, 1024)];

    private static readonly (string Name, int Inputs, int Outputs, int Size, int Kernel, int Stride, int Groups)[] Windows =
    [
        ("1x1 64->256 56x56", 64, 256, 56, 1, 1, 1),
        ("3x3 64->64 56x56", 64, 64, 56, 3, 1, 1),
        ("3x3/2 64->128 56x56", 64, 128, 56, 3, 2, 1),
        ("7x7/2 3->64 224x224", 3, 64, 224, 7, 2, 1),
        ("3x3 depthwise 96 56x56", 96, 96, 56, 3, 1, 96),
    ];

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
        Console.WriteLine();
        Console.WriteLine("| convolution | int8, quantized again | float32 | over float32 | ONNX Runtime QLinearConv | over it |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach ((string name, int inputs, int outputs, int size, int kernel, int stride, int groups) in Windows)
            Line(name, new Conv([stride, stride], [kernel / 2, kernel / 2, kernel / 2, kernel / 2], [1, 1], groups), [1, inputs, size, size], [outputs, inputs / groups, kernel, kernel], threads, seconds);
    }

    private static void Line(string name, Conv window, int[] image, int[] kernel, int threads, double seconds)
    {
        var random = new Random(1);
        var options = new ExecutionOptions { Threads = threads };
        Value a = Value.Zeros(DType.UInt8, image), b = Value.Zeros(DType.Int8, kernel), x = Floats(random, image), w = Floats(random, kernel), addend = Value.Zeros(DType.Int32, kernel[0]);
        random.NextBytes(a.Bytes);
        random.NextBytes(b.Bytes);
        Variable bytes = Variable.Input("x", DType.UInt8, Shape.OfSizes(image)), floats = Variable.Input("x", DType.Float32, Shape.OfSizes(image));
        Variable quantized = new QLinearConv(window).Apply(
            bytes, Number(0.02f), Variable.Of(Value.Of((byte)120)), Variable.Of(b), Variable.Of(Value.Of([.. Enumerable.Repeat(0.01f, kernel[0])], kernel[0])), Variable.Of(Value.Zeros(DType.Int8, kernel[0])),
            Number(0.5f), Variable.Of(Value.Of((byte)128)), Variable.Of(addend));
        var signature = new Signature([bytes], [new Output("y", quantized)]);
        Function own = Function.Compile(signature, options), single = Function.Compile([floats], [window.Apply(floats, Variable.Of(w))], options: options);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature), new ServingOptions { IntraOpThreads = threads });
        Value[] result = new Value[1];
        double operations = 2.0 * quantized.Shape.Aggregate(1L, (count, size) => count * size.Number) * kernel[1] * kernel[2] * kernel[3];
        Print(name, operations, Turns.Medians(threads, seconds, () => own.RunInto([a], result), () => single.RunInto([x], result), () => session.Run(a)));
    }

    private static Variable Number(float number) => Variable.Of(Value.Of(number));

    private static Value Floats(Random random, params int[] sizes)
    {
        Value value = Value.Zeros(DType.Float32, sizes);
        foreach (ref float number in value.Span<float>())
            number = random.NextSingle() - 0.5f;
        return value;
    }

    private static void Print(string name, double operations, double[] times)
    {
        double[] rates = [.. times.Select(time => operations / time / 1e9)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {rates[0]:F0} | {rates[1]:F0} | {rates[0] / rates[1]:F2} | {rates[2]:F0} | {rates[0] / rates[2]:F2} |"));
    }

    private static void Line(int m, int n, int k, int threads, double seconds)
    {
        var random = new Random(1);
        var options = new ExecutionOptions { Threads = threads };
        Value a = Value.Zeros(DType.UInt8, m, k), b = Value.Zeros(DType.Int8, k, n), x = Floats(random, m, k), w = Floats(random, k, n);
        random.NextBytes(a.Bytes);
        random.NextBytes(b.Bytes);

        Variable bytes = Variable.Input("x", DType.UInt8, [m, k]), floats = Variable.Input("x", DType.Float32, [m, k]);
        var signature = new Signature([bytes], [new Output("y", new MatMulInteger().Apply(bytes, Variable.Of(b), Variable.Of(Value.Of((byte)120)), null))]);
        Function own = Function.Compile(signature, options), single = Function.Compile([floats], [Ops.MatMul(floats, Variable.Of(w))], options: options);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature), new ServingOptions { IntraOpThreads = threads });
        Value[] result = new Value[1];
        double operations = 2.0 * m * n * k;
        Print($"{m}x{n}x{k}", operations, Turns.Medians(threads, seconds, () => own.RunInto([a], result), () => single.RunInto([x], result), () => session.Run(a)));
    }
}
