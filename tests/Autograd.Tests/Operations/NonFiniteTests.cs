using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>NaN, infinities, −0, subnormal numbers and the ends of the integers, at every place of a vector and in what is left of one.</summary>
public sealed class NonFiniteTests
{
    private static readonly double[] Odd =
        [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 0, 1e-42, -1e-42, 2, -2];

    private static readonly (string Name, Func<Variable, Variable> Function, Func<double, double> Expected)[] Functions =
    [
        ("max", x => Ops.Max(x, 0.5), x => double.IsNaN(x) ? x : x > 0.5 ? x : 0.5),
        ("min", x => Ops.Min(x, 0.5), x => double.IsNaN(x) ? x : x < 0.5 ? x : 0.5),
        ("clip", x => Ops.Clip(x, -1, 1), x => double.IsNaN(x) ? x : x > 1 ? 1 : x < -1 ? -1 : x),
        ("relu", Ops.Relu, x => double.IsNaN(x) || x > 0 ? x : 0),
        ("leaky relu", x => Ops.LeakyRelu(x, 0.5), x => double.IsNaN(x) || x > 0 ? x : x / 2),
        ("sign", Ops.Sign, x => x > 0 ? 1 : x < 0 ? -1 : x),
        ("abs", Ops.Abs, x => x < 0 ? -x : x == 0 ? 0 : x),
        ("neg", x => -x, x => -x),
        ("greater", x => Ops.Cast(Ops.Greater(x, 0), x.DType), x => x > 0 ? 1 : 0),
        ("less", x => Ops.Cast(Ops.Less(x, 0), x.DType), x => x < 0 ? 1 : 0),
        ("at least", x => Ops.Cast(Ops.GreaterOrEqual(x, Variable.Scalar(0, x.DType)), x.DType), x => x >= 0 ? 1 : 0),
        ("equal", x => Ops.Cast(Ops.Equal(x, x), x.DType), x => double.IsNaN(x) ? 0 : 1),
        ("where", x => Ops.Where(Ops.Greater(x, 0), x, 0.25 * x), x => x > 0 ? x : 0.25 * x),
    ];

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Elementwise_functions_give_the_same_at_every_place(DType type)
    {
        CompilationOptions[] switches = [new(), new() { GenerateLoops = false }, CompilationOptions.None];
        foreach ((string name, Func<Variable, Variable> function, Func<double, double> expected) in Functions)
        {
            Variable x = Variable.Input("x", type, ["n"]);
            foreach (CompilationOptions compilation in switches)
            {
                Function compiled = Function.Compile([x], [function(x)], null, new ExecutionOptions { Threads = 1, Compilation = compilation });

                // From 1 to 67 elements; the long one is a whole tile of generated loops and a rest.
                foreach (int count in new[] { 1, 3, 7, 9, 31, 33, 67, 20_003 })
                {
                    Value value = Value.Zeros(type, count);
                    for (int i = 0; i < count; i++)
                    {
                        value[i] = Odd[(i + count) % Odd.Length];
                    }

                    Value result = compiled.Run(value)[0];
                    for (int i = 0; i < count; i++)
                    {
                        double want = expected(value[i]);
                        Assert.True(
                            want.Equals(result[i]) || Math.Abs(want - result[i]) < 1e-44,
                            $"{name}({value[i]}) in {type}, place {i} of {count}: expected {want}, found {result[i]}.");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Reductions_propagate_NaN_from_every_place(DType type)
    {
        foreach (int count in new[] { 2, 5, 17, 70, 700 })
        {
            Variable x = Variable.Input("x", type, [count]), columns = Variable.Input("c", type, [count, 3]);
            Function function = Function.Compile(
                [x, columns],
                [
                    x.ReduceMax([0]), x.ReduceMin([0]), x.Sum([0]), Ops.Mean(x), new ReduceProd(false).Apply(x),
                    new ArgMax(0, false).Apply(x), columns.ReduceMax([0]), new ArgMax(0, false).Apply(columns),
                ]);
            for (int place = 0; place < count; place += Math.Max(1, count / 40))
            {
                Value value = Value.Full(1, type, count), wide = Value.Full(1, type, count, 3);
                value[place] = double.NaN;
                wide[(place * 3) + 1] = double.NaN;
                Value[] results = function.Run(value, wide);
                Assert.All(results[..5], r => Assert.True(double.IsNaN(r.Scalar())));
                Assert.Equal(place, results[5].Scalar());
                Assert.Equal([1, double.NaN, 1], new[] { results[6][0], results[6][1], results[6][2] });
                Assert.Equal([0L, place, 0], results[7].ToArray<long>());
            }
        }
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Max_pooling_takes_the_first_NaN_of_a_window(DType type)
    {
        // Widths and strides of the vectorized rows and of the rest; with and without positions.
        foreach ((int width, int stride, int pad) in new[] { (5, 1, 0), (9, 1, 0), (20, 2, 0), (21, 1, 1), (40, 2, 1), (19, 3, 0) })
        {
            Variable x = Variable.Input("x", type, [1, 1, 2, width]);
            IReadOnlyList<Variable> pooled = new MaxPool([2, 3], [1, stride], [0, pad, 0, pad], [1, 1]).ApplyAll(x);
            Function both = Function.Compile([x], [.. pooled]), values = Function.Compile([x], [pooled[0]]);
            for (int place = 0; place < 2 * width; place++)
            {
                Value image = Value.Zeros(type, 1, 1, 2, width);
                for (int i = 0; i < image.Count; i++)
                {
                    image[i] = ((i * 7) % 11) - 5;
                }

                image[place] = double.NaN;
                image[(place + 2) % image.Count] = double.NaN;
                Value[] found = both.Run(image);
                Assert.True(found[0].BitEquals(values.Run(image)[0]));
                for (int o = 0; o < found[0].Count; o++)
                {
                    int[] window =
                    [
                        .. from row in new[] { 0, 1 }
                           from k in Enumerable.Range((o * stride) - pad, 3)
                           where k >= 0 && k < width
                           select (row * width) + k,
                    ];
                    int best = window.FirstOrDefault(i => double.IsNaN(image[i]), window.MaxBy(i => image[i]));
                    Assert.Equal(image[best], found[0][o]);
                    Assert.Equal(best, found[1][o]);
                }
            }
        }
    }

    [Fact]
    public void Casts_of_floats_to_integers_saturate_and_NaN_becomes_0()
    {
        foreach (DType from in new[] { DType.Float32, DType.Float64 })
        {
            Variable x = Variable.Input("x", from, ["n"]);
            Function function = Function.Compile(
                [x], [Ops.Cast(x, DType.Int32), Ops.Cast(x, DType.Int64), Ops.Cast(x, DType.UInt32), Ops.Cast(x, DType.UInt64), Ops.Cast(x, DType.Bool)]);
            foreach (int count in new[] { 9, 40 })
            {
                double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e30, -1e30, -0.9, 2.9, -2.9, 0];
                Value value = Value.Zeros(from, count);
                for (int i = 0; i < count; i++)
                {
                    value[i] = odd[i % 9];
                }

                Value[] found = function.Run(value);
                Expect([0, int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, 0, 2, -2, 0], found[0].ToArray<int>());
                Expect([0, long.MaxValue, long.MinValue, long.MaxValue, long.MinValue, 0, 2, -2, 0], found[1].ToArray<long>());
                Expect<uint>([0, uint.MaxValue, 0, uint.MaxValue, 0, 0, 2, 0, 0], found[2].ToArray<uint>());
                Expect<ulong>([0, ulong.MaxValue, 0, ulong.MaxValue, 0, 0, 2, 0, 0], found[3].ToArray<ulong>());
                Expect([true, true, true, true, true, true, true, true, false], found[4].ToArray<bool>());
            }
        }

        static void Expect<T>(T[] expected, T[] found) => Assert.Equal(Enumerable.Range(0, found.Length).Select(i => expected[i % 9]), found);
    }

    [Fact]
    public void Integers_divide_negate_and_lose_their_sign_as_defined_at_their_ends()
    {
        Check<int>([int.MinValue, -7, 7, 0], [-1, 2, -2, 5], [int.MinValue, -3, -3, 0], [int.MinValue, 7, 7, 0], [int.MinValue, 7, -7, 0]);
        Check<long>([long.MinValue, -7, 7, 0], [-1, 2, -2, 5], [long.MinValue, -3, -3, 0], [long.MinValue, 7, 7, 0], [long.MinValue, 7, -7, 0]);

        static void Check<T>(T[] x, T[] y, T[] quotients, T[] sizes, T[] negatives)
            where T : unmanaged
        {
            DType type = DTypes.Of<T>();
            Variable a = Variable.Input("a", type, ["n"]), b = Variable.Input("b", type, ["n"]);
            Function function = Function.Compile([a, b], [a / b, Ops.Abs(a), -a]);
            foreach (int times in new[] { 1, 20 })
            {
                T[] Repeat(T[] numbers) => [.. Enumerable.Repeat(numbers, times).SelectMany(n => n)];
                Value[] found = function.Run(Value.Of(Repeat(x), 4 * times), Value.Of(Repeat(y), 4 * times));
                Assert.Equal(Repeat(quotients), found[0].ToArray<T>());
                Assert.Equal(Repeat(sizes), found[1].ToArray<T>());
                Assert.Equal(Repeat(negatives), found[2].ToArray<T>());
            }

            Value zeros = Value.Zeros(type, 4);
            Assert.Contains("/ 0", Assert.Throws<GraphException>(() => function.Run(Value.Of(x, 4), zeros)).Message, StringComparison.Ordinal);
            Assert.Equal(quotients, function.Run(Value.Of(x, 4), Value.Of(y, 4))[0].ToArray<T>());
        }
    }
}
