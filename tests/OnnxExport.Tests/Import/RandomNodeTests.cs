using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Import;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Random generators of a file have the distribution that they ask for, and the same numbers in every run.</summary>
public class RandomNodeTests
{
    private const int Count = 40_000;

    [Theory]
    [InlineData("RandomUniform", 0.5, 2.25, 1.375, 0.255208)]
    [InlineData("RandomNormal", -1.5, 0.5, -1.5, 0.25)]
    public void Numbers_have_the_mean_and_the_variance_that_the_node_asks_for(string op, double first, double second, double mean, double variance)
    {
        (string low, string high) = op == "RandomUniform" ? ("low", "high") : ("mean", "scale");
        float[] numbers = Run(new OneNode(op, 17).With("shape", [200, Count / 200]).With(low, (float)first).With(high, (float)second).With("seed", 3f), [200, Count / 200]).ToArray<float>();
        double found = numbers.Average(x => (double)x);

        // Six standard errors.
        Assert.Equal(mean, found, 6 * Math.Sqrt(variance / Count));
        Assert.Equal(variance, numbers.Average(x => Math.Pow(x - found, 2)), 6 * variance * Math.Sqrt(2.0 / Count));
        if (op == "RandomUniform")
            Assert.All(numbers, x => Assert.InRange(x, (float)first, (float)second));
    }

    [Fact]
    public void Bernoulli_gives_ones_as_often_as_its_input_says()
    {
        Value shares = Value.Of([.. Enumerable.Range(0, Count).Select(i => (i % 4) / 4f)], Count / 4, 4);
        float[] drawn = Run(new OneNode("Bernoulli", 17).Of(shares).With("seed", 1f), [Count / 4, 4]).ToArray<float>();
        for (int k = 0; k < 4; k++)
            Assert.Equal(k / 4.0, Enumerable.Range(0, Count / 4).Average(i => (double)drawn[(4 * i) + k]), 0.03);
    }

    [Fact]
    public void Multinomial_draws_classes_by_the_exponentials_of_its_input()
    {
        Value logits = Value.Of([MathF.Log(1), MathF.Log(2), MathF.Log(5), 0, float.NegativeInfinity, 0], 2, 3);
        int[] drawn = Run(new OneNode("Multinomial", 17).Of(logits).With("sample_size", Count).With("seed", 1f).Gives(DataType.Int32), [2, Count], DType.Int32).ToArray<int>();
        double Share(int row, int kind) => drawn.Skip(row * Count).Take(Count).Count(x => x == kind) / (double)Count;
        Assert.Equal([0.125, 0.25, 0.625], new[] { 0, 1, 2 }.Select(kind => Share(0, kind)), (x, y) => Math.Abs(x - y) < 0.02);
        Assert.Equal([0.5, 0, 0.5], new[] { 0, 1, 2 }.Select(kind => Share(1, kind)), (x, y) => Math.Abs(x - y) < 0.02);
    }

    [Theory]
    [InlineData("RandomUniformLike")]
    [InlineData("RandomNormalLike")]
    public void Every_run_has_the_same_numbers_and_another_seed_has_others(string op)
    {
        OneNode Node() => new OneNode(op, 17).Of(Value.Zeros(DType.Float32, 3, 5));
        float[] unseeded = Run(Node(), [3, 5]).ToArray<float>(), seeded = Run(Node().With("seed", 2f), [3, 5]).ToArray<float>();
        Assert.Equal(unseeded, Run(Node(), [3, 5]).ToArray<float>());
        Assert.Equal(15, unseeded.Concat(seeded).Except(unseeded).Count());
        Assert.Equal(15, seeded.Except(Run(Node().With("seed", 4f), [3, 5]).ToArray<float>()).Count());
    }

    private static Value Run(OneNode node, int[] sizes, DType type = DType.Float32)
    {
        Function function = Function.Compile(OnnxModel.Load(node.Bytes([Value.Zeros(type, sizes)])).Signature);
        Value first = function.Run(node.Arguments)[0];
        Assert.True(first.BitEquals(function.Run(node.Arguments)[0]));
        return first;
    }
}
