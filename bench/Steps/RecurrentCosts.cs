using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;

namespace Toolkit.Bench.Steps;

/// <summary>
/// What a recurrent layer costs beyond its matrix products: its time over that of the product of all inputs with their weights and the products of all steps' states with theirs, and for the
/// gradient over that of the two products that each of them has backwards as well. 64 sequences of 28 steps, 128 units. Layer and products take turns in one run.
/// </summary>
internal static class RecurrentCosts
{
    private const int Batch = 64, Time = 28, Hidden = 128;

    public static void Run(int threads, double seconds)
    {
        Console.WriteLine("layer            inputs  forward  with gradient");
        foreach (int inputs in new[] { 28, 128 })
        {
            var random = new RandomSource(1);
            Print("LSTM", 4, inputs, new Lstm(inputs, Hidden, random), threads, seconds);
            Print("GRU", 3, inputs, new Gru(inputs, Hidden, random), threads, seconds);
            Print("GRU of the book", 3, inputs, new Gru(inputs, Hidden, random) { LinearBeforeReset = false }, threads, seconds);
            Print("RNN", 1, inputs, new Recurrent(inputs, Hidden, random), threads, seconds);
        }
    }

    private static void Print(string name, int gates, int inputs, Module layer, int threads, double seconds)
    {
        Variable x = Variable.Input("x", DType.Float32, [Batch, Time, inputs]);
        Variable y = layer.Forward(x, new ForwardContext(Mode.Training));
        var options = new ExecutionOptions { Threads = threads };
        Function forward = Function.Compile([x], [y], options: options);
        Function both = Function.Compile([x], Gradient.Of(y.Square().Mean(), [x, .. layer.Parameters.Select(p => p.Variable)]), options: options);
        var products = new Products(gates * Hidden, inputs, new Workers(threads));
        Value[] input = [Value.Zeros(DType.Float32, Batch, Time, inputs)];
        new RandomSource(2).FillNormal(input[0].Span<float>(), 0, 1);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-16} {inputs,6}  {Ratio(Step(forward), products.Forward, seconds),7:F2}  {Ratio(Step(both), products.Both, seconds),13:F2}"));

        Action Step(Function function)
        {
            var outputs = new Value[function.Signature.Outputs.Count];
            return () => function.RunInto(input, outputs);
        }
    }

    /// <summary>The median of the ratios of neighbouring runs, after as long a time for the compiler to do its best.</summary>
    private static double Ratio(Action layer, Action products, double seconds)
    {
        var ratios = new List<double>();
        var clock = Stopwatch.StartNew();
        for (int run = 0; run < 300 || clock.Elapsed.TotalSeconds < 2 * seconds; run++)
        {
            long begin = Stopwatch.GetTimestamp();
            layer();
            long between = Stopwatch.GetTimestamp();
            products();
            if (run >= 200 && clock.Elapsed.TotalSeconds > seconds)
                ratios.Add((double)(between - begin) / (Stopwatch.GetTimestamp() - between));
        }

        ratios.Sort();
        return ratios[ratios.Count / 2];
    }

    /// <summary>The products of a layer alone.</summary>
    private sealed class Products(int columns, int inputs, Workers workers)
    {
        private readonly float[] x = new float[Time * Batch * inputs], w = new float[columns * inputs], h = new float[Time * Batch * Hidden], r = new float[columns * Hidden];
        private readonly float[] sums = new float[Time * Batch * columns];

        public void Forward()
        {
            Multiply(false, true, Time * Batch, columns, inputs, x, w, sums);
            for (int t = 0; t < Time; t++)
                Multiply(false, true, Batch, columns, Hidden, h.AsSpan(t * Batch * Hidden), r, sums.AsSpan(t * Batch * columns), 1);
        }

        public void Both()
        {
            Forward();
            for (int t = 0; t < Time; t++)
                Multiply(false, false, Batch, Hidden, columns, sums.AsSpan(t * Batch * columns), r, h.AsSpan(t * Batch * Hidden));
            Multiply(false, false, Time * Batch, inputs, columns, sums, w, x);
            Multiply(true, false, columns, inputs, Time * Batch, sums, x, w);
            Multiply(true, false, columns, Hidden, Time * Batch, sums, h, r);
        }

        private void Multiply(bool transposeA, bool transposeB, int m, int n, int k, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, float beta = 0) =>
            Gemm.Multiply(transposeA, transposeB, m, n, k, 1f, a, transposeA ? m : k, b, transposeB ? k : n, beta, c, n, workers);
    }
}
