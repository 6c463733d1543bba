using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Lowering;

/// <summary>Operations on half types, computed a block of rows at a time: the numbers are those of one computation in float32, rounded at its end, and no float32 tensor lies in memory.</summary>
public sealed class BlockKernelTests
{
    private static readonly IntList One = [1, 1];
    private static readonly IntList None = [0, 0, 0, 0];

    public static TheoryData<string> Names => [.. Cases.Keys];

    // Large enough for several blocks, the last of them smaller.
    private static Dictionary<string, (Operation Operation, int[][] Sizes)> Cases { get; } = new()
    {
        ["product"] = (new MatMul(), [[1001, 300], [300, 70]]),
        ["product with a column"] = (new MatMul(), [[2000, 700], [700, 3]]),
        ["product of stacks"] = (new MatMul(), [[130, 3, 50, 40], [130, 3, 40, 60]]),
        ["product with one stack for all"] = (new MatMul(), [[130, 3, 50, 40], [3, 40, 60]]),
        ["product of more rows than one"] = (new MatMul(), [[700, 5, 64], [64, 30]]),
        ["A transposed"] = (new Gemm(TransposeA: true), [[300, 1001], [300, 70]]),
        ["B transposed"] = (new Gemm(TransposeB: true, Alpha: 0.5), [[1001, 600], [70, 600]]),
        ["both transposed"] = (new Gemm(true, true), [[300, 1001], [70, 300]]),
        ["product and a full addend"] = (new Gemm(Beta: 2), [[1001, 300], [300, 70], [1001, 70]]),
        ["product and a bias"] = (new Gemm(), [[1001, 300], [300, 70], [70]]),
        ["one row"] = (new Gemm(), [[1, 3000], [3000, 100]]),
        ["convolution"] = (new Conv(One, [1, 1, 1, 1], One, 1), [[100, 8, 17, 16], [16, 8, 3, 3], [16]]),
        ["strided convolution"] = (new Conv([2, 1], None, One, 2), [[100, 8, 17, 16], [16, 4, 3, 2]]),
        ["gradient of weights"] = (new ConvWeightGradient(One, [1, 1, 1, 1], One, 1), [[100, 8, 17, 16], [100, 16, 17, 16]]),
        ["greatest of windows"] = (new MaxPool([2, 2], [2, 2], None, One), [[300, 8, 16, 16]]),
        ["gradient of greatest"] = (new MaxPoolGradient([2, 2], [2, 2], None, One), [[300, 8, 16, 16], [300, 8, 8, 8]]),
        ["mean of windows"] = (new AveragePool([2, 2], [2, 2], None, One), [[300, 8, 16, 16]]),
        ["softmax"] = (new Softmax(1), [[3001, 200]]),
        ["logarithm of softmax"] = (new LogSoftmax(2), [[301, 10, 200]]),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Blocks_give_what_one_computation_in_float32_gives(string name)
    {
        (Operation operation, int[][] sizes) = Cases[name];
        foreach (DType half in new[] { DType.Float16, DType.BFloat16 })
        {
            Value[] numbers = [.. sizes.Select((size, i) => Drawn(half, i, size))];
            Variable[] inputs = [.. numbers.Select((value, i) => Variable.Input($"x{i}", half, [.. value.Sizes.ToArray().Select(size => (Dim)size)]))];
            Variable Result(IEnumerable<Variable> given) => operation.Apply(operation is ConvWeightGradient ? [.. given, Ops.Integers(3, 3)] : [.. given]);
            Variable narrow = Result(inputs), wide = Result(inputs.Select(input => input.Cast(DType.Float32))).Cast(half);
            Close(Function.Compile(inputs, [wide]).Run(numbers)[0], Function.Compile(inputs, [narrow]).Run(numbers)[0]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    public void Reductions_join_what_blocks_give(params int[] axes)
    {
        Value numbers = Drawn(DType.Float16, 1, 1001, 30, 20);
        Variable x = Variable.Input("x", DType.Float16, [1001, 30, 20]), along = Ops.Integers([.. axes.Select(axis => (long)axis)]);
        foreach (Reduction reduction in new Reduction[] { new ReduceSum(), new ReduceMean(false), new ReduceMax(), new ReduceMin(false) })
        {
            Variable wide = reduction.Apply(x.Cast(DType.Float32), along), narrow = reduction.Apply(x, along);
            var oracle = new Signature([x], [new Output("y", wide)]);
            Value expected = Interpreter.Run(oracle, numbers)[0];
            Value[] found = Function.Compile([x], [wide, narrow]).Run(numbers);
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.Equal(expected[i], found[0][i], 1e-5 * (1 + Math.Abs(expected[i])));
                Assert.Equal(expected[i], found[1][i], 5e-4 * (1 + Math.Abs(expected[i])));
            }
        }
    }

    /// <summary>Against plain loops in double precision: the result, and the gradients of x, the scale and the bias, of which the last two are sums over all blocks.</summary>
    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void Layer_normalization_and_its_gradients_are_right(DType half)
    {
        const int Rows = 3001, Width = 96;
        const double Epsilon = 0.05;
        Value x = Drawn(half, 1, Rows, Width), scale = Drawn(half, 2, Width), bias = Drawn(half, 3, Width), g = Drawn(half, 4, Rows, Width);
        Variable[] inputs = [Variable.Input("x", half, [Rows, Width]), Variable.Input("scale", half, [Width]), Variable.Input("bias", half, [Width]), Variable.Input("g", half, [Rows, Width])];
        Variable y = new LayerNormalization(1, Epsilon).Apply(inputs[0], inputs[1], inputs[2]);
        Value[] found = Function.Compile(inputs, [y, .. Gradient.PullBack([y], [inputs[3]], inputs[..3]).Select(gradient => gradient!)]).Run(x, scale, bias, g);
        double place = half == DType.Float16 ? Math.Pow(2, -10) : Math.Pow(2, -7);
        double[] ofScale = new double[Width], ofBias = new double[Width];
        for (int row = 0; row < Rows; row++)
        {
            double[] own = [.. Enumerable.Range(row * Width, Width).Select(i => x[i])];
            double mean = own.Average(), inverse = 1 / Math.Sqrt(own.Average(v => (v - mean) * (v - mean)) + Epsilon);
            double[] normal = [.. own.Select(v => (v - mean) * inverse)], scaled = [.. normal.Select((_, j) => g[(row * Width) + j] * scale[j])];
            (double first, double second) = (scaled.Average(), normal.Zip(scaled, (a, b) => a * b).Average());
            for (int j = 0; j < Width; j++)
            {
                int i = (row * Width) + j;
                Near((normal[j] * scale[j]) + bias[j], found[0][i]);
                Near(inverse * (scaled[j] - first - (normal[j] * second)), found[1][i]);
                ofScale[j] += g[i] * normal[j];
                ofBias[j] += g[i];
            }
        }

        for (int j = 0; j < Width; j++)
        {
            Near(ofScale[j], found[2][j]);
            Near(ofBias[j], found[3][j]);
        }

        void Near(double expected, double actual) => Assert.Equal(expected, actual, place * Math.Max(0.1, Math.Abs(expected)));
    }

    /// <summary>Heads that are set apart by a permutation, as attention does, against plain loops.</summary>
    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void Products_of_permuted_stacks_are_right(DType half)
    {
        (int batch, int heads, int m, int n, int k) = (150, 3, 40, 50, 30);
        Value a = Drawn(half, 1, batch, m, heads, k), b = Drawn(half, 2, batch, n, heads, k);
        Variable x = Variable.Input("a", half, [batch, m, heads, k]), y = Variable.Input("b", half, [batch, n, heads, k]);
        Variable product = Ops.MatMul(Ops.Transpose(x, [0, 2, 1, 3]), Ops.Transpose(y, [0, 2, 3, 1]));
        Value found = Function.Compile([x, y], [Ops.Transpose(product, [0, 2, 1, 3])]).Run(a, b)[0];
        Assert.Equal([batch, m, heads, n], found.Sizes.ToArray());
        double place = half == DType.Float16 ? Math.Pow(2, -10) : Math.Pow(2, -7);
        for (int i = 0; i < found.Count; i += 7)
        {
            (int column, int head, int row, int example) = (i % n, i / n % heads, i / n / heads % m, i / n / heads / m);
            double expected = Enumerable.Range(0, k).Sum(t => a[(((((example * m) + row) * heads) + head) * k) + t] * b[(((((example * n) + column) * heads) + head) * k) + t]);
            Assert.Equal(expected, found[i], place * Math.Max(0.1, Math.Abs(expected)));
        }
    }

    [Fact]
    public void No_rows_are_no_blocks()
    {
        Variable x = Variable.Input("x", DType.BFloat16, ["rows", 3]), w = Variable.Input("w", DType.BFloat16, [3, 2]);
        Value[] found = Function.Compile([x, w], [Ops.MatMul(x, w), Ops.Sum(x, [0])]).Run(Value.Zeros(DType.BFloat16, 0, 3), Value.Zeros(DType.BFloat16, 3, 2));
        Assert.Equal(0, found[0].Count);
        Assert.Equal([(BFloat16)0f, (BFloat16)0f, (BFloat16)0f], found[1].ToArray<BFloat16>());
    }

    [Fact]
    public void Bits_do_not_depend_on_threads()
    {
        Variable x = Variable.Input("x", DType.Float16, [1001, 300]), y = Variable.Input("y", DType.Float16, [1001, 70]);
        Value[] numbers = [Drawn(DType.Float16, 1, 1001, 300), Drawn(DType.Float16, 2, 1001, 70)];
        Value[] Run(int threads) =>
            Function.Compile([x, y], [Ops.Gemm(x, y, transposeA: true), Ops.Sum(x, [0])], options: new ExecutionOptions { Threads = threads }).Run(numbers);
        Assert.All(Run(1).Zip(Run(3)), pair => Assert.True(pair.First.BitEquals(pair.Second)));
    }

    private static Value Drawn(DType type, int seed, params int[] sizes)
    {
        var random = new Random(seed);
        Value value = Value.Zeros(type, sizes);
        for (int i = 0; i < value.Count; i++)
            value[i] = (random.NextDouble() * 2) - 1;
        return value;
    }

    /// <summary>Sums in another order may end on the other side of a rounding.</summary>
    private static void Close(Value expected, Value found)
    {
        Assert.Equal(expected.DType, found.DType);
        Assert.Equal(expected.Sizes, found.Sizes);
        double place = expected.DType == DType.Float16 ? Math.Pow(2, -10) : Math.Pow(2, -7);
        int off = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i], found[i], place * Math.Max(0.01, Math.Abs(expected[i])));
            off += expected[i].Equals(found[i]) ? 0 : 1;
        }

        Assert.True(off <= 0.02 * expected.Count, $"found {off} of {expected.Count} numbers that are rounded otherwise");
    }
}
