using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Kernels;

/// <summary>The kernels of layer normalization on rows that are long, many, or no multiple of a vector, against its expansion.</summary>
public sealed class RowNormalizationTests
{
    public static TheoryData<int, int> Sizes => new() { { 1, 2 }, { 3, 1 }, { 700, 37 }, { 5, 5000 }, { 0, 4 }, { 257, 128 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Results_and_gradients_are_those_of_the_expansion(int rows, int width)
    {
        foreach (DType type in new[] { DType.Float64, DType.Float32 })
        {
            Variable[] inputs = [Variable.Input("x", type, ["rows", width]), Variable.Input("scale", type, [width]), Variable.Input("shift", type, [width])];
            Value[] values = [Numbers(type, 1, rows, width), Numbers(type, 2, width), Numbers(type, 3, width)];
            var word = new LayerNormalization(Epsilon: 1e-3, Stash: type);
            IReadOnlyList<Variable> fast = word.ApplyAll(inputs), slow = word.Expand(new Arguments(inputs));
            Value[] expected = Compute(slow, 1), found = Compute(fast, 1), shared = Compute(fast, 3);
            for (int i = 0; i < expected.Length; i++)
            {
                Randoms.AssertClose(expected[i], found[i], type == DType.Float64 ? 1e-12 : 2e-5);
                Assert.True(found[i].BitEquals(shared[i]));
            }

            Value[] Compute(IReadOnlyList<Variable> results, int threads)
            {
                Variable loss = ((results[0] * 1.3) + 0.2).Sin().Sum();
                return Function.Compile(inputs, [.. results, .. Gradient.Of(loss, inputs), Gradient.Of(loss, inputs[1])], options: new ExecutionOptions { Threads = threads }).Run(values);
            }
        }
    }

    /// <summary>A mean that is large beside the deviations costs no digits: they are taken from the mean, not from squares of the numbers.</summary>
    [Fact]
    public void A_large_mean_costs_no_digits()
    {
        Value x = Value.Of([.. Enumerable.Range(0, 64).Select(i => 4096f + (i % 4))], 1, 64);
        Variable input = Variable.Input("x", DType.Float32, [1, 64]), one = Variable.Of(Value.Full(1, DType.Float32, 64));
        float[] y = Function.Compile([input], [new LayerNormalization(Epsilon: 1e-12).Apply(input, one)]).Run(x)[0].ToArray<float>();
        Assert.All(y.Select((value, i) => (value, i)), pair => Assert.Equal(((pair.i % 4) - 1.5) / Math.Sqrt(1.25), pair.value, 1e-5));
    }

    [Fact]
    public void A_training_step_has_one_node_for_the_gradients()
    {
        Variable x = Variable.Input("x", DType.Float32, [4, 8]), scale = Variable.Input("scale", DType.Float32, [8]);
        string[] steps = [.. Function.Compile([x, scale], Gradient.Of(new LayerNormalization().Apply(x, scale).Square().Sum(), [x, scale]))
            .Profile([Value.Zeros(DType.Float32, 4, 8), Value.Zeros(DType.Float32, 8)], 1).Steps.Select(step => step.Name)];
        Assert.Single(steps, "LayerNormalization");
        Assert.Single(steps, "LayerNormalizationGradient");
        Assert.DoesNotContain("ReduceMean", steps);
    }

    private static Value Numbers(DType type, int seed, params int[] sizes)
    {
        Value value = Value.Zeros(type, sizes);
        for (int i = 0; i < value.Count; i++)
            value[i] = Math.Sin((1.7 * i) + seed) + (0.3 * Math.Cos(0.01 * i * i));
        return value;
    }
}
