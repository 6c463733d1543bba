using System.Globalization;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Bench.Kernels;

/// <summary>Single operators against ONNX Runtime, in turns: products in batches and of few rows, columns or inner elements, and convolutions of all kinds, with constant weights as
/// in a model that is served; then what passes over its operand (<see cref="PassCases"/>).</summary>
internal static class OperatorRates
{
    /// <summary>Prints one line per case: billions of multiplications and additions, or of elements, a second of both, and the ratio.</summary>
    /// <param name="threads">Threads of both.</param>
    /// <param name="seconds">Time per line.</param>
    /// <param name="part">Part of the names to run, or null for all.</param>
    public static void Run(int threads, double seconds, string? part)
    {
        Console.WriteLine($"{threads} thread(s), {SimdWidths.Best}; 10⁹ operations of a product or elements of a pass a second, medians of samples in turns");
        Console.WriteLine("| operator | ours | ONNX Runtime | ratio |");
        Console.WriteLine("|---|---:|---:|---:|");
        foreach (Case line in Cases().Where(c => part is null || c.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))
            Line(line, threads, seconds);
    }

    private static IEnumerable<Case> Cases()
    {
        yield return Product("MatMul 12 x (128x64 by 64x128), attention scores", [12, 128, 64], [12, 64, 128]);
        yield return Product("MatMul 12 x (128x128 by 128x64), attention values", [12, 128, 128], [12, 128, 64]);
        foreach ((int m, int n, int k) in new[]
            { (256, 17, 256), (256, 32, 512), (256, 48, 768), (1, 512, 784), (1, 1024, 1024), (512, 1, 784), (1024, 1, 1024), (512, 512, 8), (1024, 1024, 3), (256, 1024, 1) })
        {
            yield return Product($"MatMul {m}x{n}x{k}", [m, k], [k, n]);
        }

        yield return Convolution("Conv 1x1, 64 to 256, 56x56", [1, 64, 56, 56], [256, 64, 1, 1], new());
        yield return Convolution("Conv 1x1, 256 to 64, 14x14, batch 8", [8, 256, 14, 14], [64, 256, 1, 1], new());
        yield return Convolution("Conv 3x3, 64 to 64, 56x56", [1, 64, 56, 56], [64, 64, 3, 3], new() { Pads = [1, 1, 1, 1] });
        yield return Convolution("Conv 3x3, stride 2, 64 to 128, 56x56", [1, 64, 56, 56], [128, 64, 3, 3], new() { Pads = [1, 1, 1, 1], Strides = [2, 2] });
        yield return Convolution("Conv 7x7, stride 2, 3 to 64, 224x224", [1, 3, 224, 224], [64, 3, 7, 7], new() { Pads = [3, 3, 3, 3], Strides = [2, 2] });
        yield return Convolution("Conv 3x3, dilation 2, 64 to 64, 56x56", [1, 64, 56, 56], [64, 64, 3, 3], new() { Pads = [2, 2, 2, 2], Dilations = [2, 2] });
        yield return Convolution("Conv 3x3, depthwise, 96, 56x56", [1, 96, 56, 56], [96, 1, 3, 3], new() { Pads = [1, 1, 1, 1], Group = 96 });
        yield return Convolution("Conv 3x3, depthwise, stride 2, 144, 56x56", [1, 144, 56, 56], [144, 1, 3, 3], new() { Pads = [1, 1, 1, 1], Group = 144, Strides = [2, 2] });
        yield return Convolution("Conv 5x5, depthwise, 240, 14x14, batch 4", [4, 240, 14, 14], [240, 1, 5, 5], new() { Pads = [2, 2, 2, 2], Group = 240 });
        yield return Convolution("Conv 3x3, 4 groups, 128 to 128, 28x28", [1, 128, 28, 28], [128, 32, 3, 3], new() { Pads = [1, 1, 1, 1], Group = 4 });
        yield return Convolution("Conv 3x3, 32 groups, 128 to 128, 28x28", [1, 128, 28, 28], [128, 4, 3, 3], new() { Pads = [1, 1, 1, 1], Group = 32 });
        yield return Convolution("Conv 3, 64 to 64, length 256, batch 8", [8, 64, 256], [64, 64, 3], new() { Pads = [1, 1] });
        yield return Transposed("ConvTranspose 4x4, stride 2, 64 to 32, 28x28", [1, 64, 28, 28], [64, 32, 4, 4], new() { Pads = [1, 1, 1, 1], Strides = [2, 2] });
        yield return Transposed("ConvTranspose 2x2, stride 2, 128 to 64, 28x28", [1, 128, 28, 28], [128, 64, 2, 2], new() { Strides = [2, 2] });
        foreach ((string name, int[] sizes, Func<Variable, Variable> build) in PassCases.All())
            yield return new(name, sizes, [1], (x, _) => build(x), Product(sizes));
    }

    private static Case Product(string name, int[] a, int[] b) => new(name, a, b, (x, w) => x.MatMul(w), 2.0 * Product(a) * b[^1]);

    private static Case Convolution(string name, int[] x, int[] w, ConvolutionOptions options)
    {
        Variable result = Variable.Input("x", DType.Float32, Shape.OfSizes(x)).Conv(Variable.Input("w", DType.Float32, Shape.OfSizes(w)), options);
        return new(name, x, w, (a, b) => a.Conv(b, options), 2.0 * Product(result.Shape.ToSizes()) * Product(w[1..]));
    }

    private static Case Transposed(string name, int[] x, int[] w, ConvolutionOptions options) => new(name, x, w, (a, b) => a.ConvTranspose(b, options), 2.0 * Product(x) * Product(w[1..]));

    private static double Product(int[] sizes) => sizes.Aggregate(1.0, (p, size) => p * size);

    private static void Line(Case line, int threads, double seconds)
    {
        Value input = Steps.Cases.Normal(line.X, 1), weights = Steps.Cases.Normal(line.W, 2);
        Variable x = Variable.Input("x", DType.Float32, Shape.OfSizes(line.X));
        var signature = new Signature([x], [new Output("y", line.Build(x, Variable.Of(weights)))]);
        Function own = Function.Compile(signature, new ExecutionOptions { Threads = threads });
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature), new ServingOptions { IntraOpThreads = threads });
        SessionBuffers buffers = session.CreateBuffers(new Dictionary<string, int>());
        input.Span<float>().CopyTo(buffers.Inputs[0].Span<float>());
        Value[] result = new Value[1];
        double[] times = Turns.Medians(threads, seconds, () => own.RunInto([input], result), () => buffers.Run());
        float most = result[0].Span<float>().ToArray().Zip(buffers.Outputs[0].Span<float>().ToArray(), (a, b) => Math.Abs(a - b) / (1 + Math.Abs(b))).Max();
        if (!(most < 1e-3))
            throw new InvalidOperationException($"{line.Name}: expected the numbers of ONNX Runtime, found a difference of {most}.");
        double own1 = line.Operations / times[0] / 1e9, peer = line.Operations / times[1] / 1e9;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {line.Name} | {own1:F1} | {peer:F1} | {own1 / peer:F2} |"));
    }

    private sealed record Case(string Name, int[] X, int[] W, Func<Variable, Variable, Variable> Build, double Operations);
}
