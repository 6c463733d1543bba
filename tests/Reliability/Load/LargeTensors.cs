using System.Globalization;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Random;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Reliability.Load;

/// <summary>Kernels that write every number of their result, on tensors of a little more than 2³¹ bytes in long size: what stands behind them is right.</summary>
internal sealed record LargeTensors() : Harness("large tensors")
{
    private const double Needed = 7;

    private List<string> failures = [];
    private int cases;
    private Value? last;

    public override Outcome Run(bool isLong, int seed)
    {
        (failures, cases) = ([], 0);
        double free = FreeGibibytes();
        if (isLong && free < Needed)
        {
            return new Outcome(0, [], "", string.Create(CultureInfo.InvariantCulture, $"needs {Needed} GiB of memory, {free:F1} are free"));
        }

        int count = (isLong ? 1 << 29 : 1 << 16) + 16;
        SumsAndProducts(count);
        Softmax(count, lines: 1);
        Softmax(count, lines: count / 4);
        RandomNumbers(count);
        ImageGradient(count, step: 1);
        ImageGradient(count, step: 1 << 12);
        return new Outcome(cases, failures, $"results of {4L * count} bytes");
    }

    /// <summary>Zeros but for 2, 5 and 3 at the beginning, in the middle and at the end.</summary>
    private void SumsAndProducts(int count)
    {
        Value x = Value.Zeros(DType.Float32, count);
        (x.Span<float>()[0], x.Span<float>()[count / 2], x.Span<float>()[^1]) = (2, 5, 3);
        Variable v = Variable.Input("v", DType.Float32, [count]);
        Check("sum", 10, Run([v], v.Sum([0], keepDims: true), x)[0]);
        Check("sum of the second half", 8, Run([v], Ops.Reshape(v, [2, count / 2]).Sum([1]), x)[1]);
        Check("largest", 5, Run([v], v.ReduceMax([0], keepDims: true), x)[0]);
        Check("product of a row and a column", 38, Run([v], Ops.MatMul(Ops.Reshape(v, [1, count]), Ops.Reshape(v, [count, 1])), x)[0]);
    }

    /// <summary>Zeros but for 30 and 31: the one line that the tensor is, or short ones.</summary>
    private void Softmax(int count, int lines)
    {
        int width = count / lines;
        Value x = Value.Zeros(DType.Float32, lines, width);
        (x.Span<float>()[3], x.Span<float>()[^1]) = (30, 31);
        Variable input = Variable.Input("x", DType.Float32, [lines, width]);
        Span<float> y = Run([input], input.Softmax(), x);
        double first = lines == 1 ? Math.Exp(30) + Math.Exp(31) + width - 2 : Math.Exp(30) + width - 1, last = lines == 1 ? first : Math.Exp(31) + width - 1;
        Check($"softmax of {lines} lines, 0", 1 / first, y[0]);
        Check($"softmax of {lines} lines, 3", Math.Exp(30) / first, y[3]);
        Check($"softmax of {lines} lines, middle", lines == 1 ? 1 / first : 0.25, y[count / 2]);
        Check($"softmax of {lines} lines, last but one", 1 / last, y[^2]);
        Check($"softmax of {lines} lines, last", Math.Exp(31) / last, y[^1]);
    }

    /// <summary>Each number follows from its place.</summary>
    private void RandomNumbers(int count)
    {
        Variable[] names = [Variable.Input("key", DType.UInt64, []), Variable.Input("counter", DType.UInt64, [])];
        Span<float> y = Run(names, new RandomUniform(DType.Float32).Apply(names[0], names[1], Ops.Integers(count)), Value.Of(77UL), Value.Of(5UL));
        foreach (int place in (int[])[0, 1, (count / 2) + 1, count - 17, count - 16, count - 1])
        {
            (uint a, uint b, uint c, uint d) = Philox.Block(77, (ulong)place / 4, 5);
            Check($"random number {place}", (((uint[])[a, b, c, d])[place % 4] >> 8) / (double)(1 << 24), y[place]);
        }
    }

    /// <summary>With a step of 1 a convolution, with a longer one sums of patches.</summary>
    private void ImageGradient(int count, int step)
    {
        int outputs = ((count - 3) / step) + 1;
        Value g = Value.Zeros(DType.Float32, 1, 1, outputs);
        int[] places = [0, outputs / 2, outputs - 1];
        for (int i = 0; i < places.Length; i++)
        {
            g.Span<float>()[places[i]] = i + 2;
        }

        Variable gradient = Variable.Input("g", DType.Float32, [1, 1, outputs]), weights = Variable.Of(Value.Of([1f, 10, 100], 1, 1, 3));
        Span<float> image = Run([gradient], new ConvInputGradient([step], [0, 0], [1], 1).Apply(gradient, weights, Ops.Integers(count)), g);
        for (int i = 0; i < places.Length; i++)
        {
            for (int tap = 0; tap < 3; tap++)
            {
                Check($"gradient of an image, step {step}, {places[i]}, {tap}", (i + 2) * Math.Pow(10, tap), image[(places[i] * step) + tap]);
            }
        }

        Check($"zeros in the gradient of an image, step {step}", count - 9, image.Count(0f));
    }

    /// <summary>The elements of a result, which are there until the next one.</summary>
    private Span<float> Run(Variable[] inputs, Variable result, params Value[] values)
    {
        // The collector does not see that a few small objects hold gigabytes.
        last = null;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        last = Function.Compile(inputs, [result], options: new ExecutionOptions { Threads = 2 }).Run(values)[0];
        return last.Span<float>();
    }

    private void Check(string what, double expected, double found)
    {
        cases++;
        if (!(Math.Abs(expected - found) <= 1e-5 * Math.Abs(expected)))
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: expected {expected}, found {found}"));
        }
    }

    /// <summary>What Linux says is free: the collector knows its own limit only.</summary>
    private static double FreeGibibytes() => File.Exists("/proc/meminfo")
        ? double.Parse(File.ReadLines("/proc/meminfo").Single(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / (1 << 20)
        : double.PositiveInfinity;
}
