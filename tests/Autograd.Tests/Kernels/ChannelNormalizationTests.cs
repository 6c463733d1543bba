using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Kernels;

/// <summary>The kernel that normalizes channels and groups of channels, against the expansions.</summary>
public sealed class ChannelNormalizationTests
{
    public static TheoryData<int, int, int, int> Sizes => new() { { 2, 6, 3, 35 }, { 3, 4, 1, 5000 }, { 0, 4, 2, 3 }, { 1, 96, 12, 64 }, { 70, 8, 8, 39 }, { 2, 3, 3, 1 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Results_and_gradients_are_those_of_the_expansion(int images, int channels, int groups, int positions)
    {
        foreach (DType type in new[] { DType.Float64, DType.Float32 })
        {
            Check(new GroupNormalization(groups, 1e-3, type));
            Check(new InstanceNormalization(1e-3));

            void Check(Operation word)
            {
                Variable[] inputs = [Variable.Input("x", type, ["images", channels, positions]), Variable.Input("scale", type, [channels]), Variable.Input("shift", type, [channels])];
                Value[] values = [Numbers(type, 1, images, channels, positions), Numbers(type, 2, channels), Numbers(type, 3, channels)];
                Variable fast = word.Apply(inputs), slow = word.Expand(new Arguments(inputs))![0];
                Value[] expected = Compute(slow, 1), found = Compute(fast, 1), shared = Compute(fast, 3);
                for (int i = 0; i < expected.Length; i++)
                {
                    Randoms.AssertClose(expected[i], found[i], type == DType.Float64 ? 1e-12 : 5e-5);
                    Assert.True(found[i].BitEquals(shared[i]));
                }

                Value[] Compute(Variable result, int threads)
                {
                    Variable loss = ((result * 1.3) + 0.2).Sin().Sum();
                    return Function.Compile(inputs, [result, .. Gradient.Of(loss, inputs)], options: new ExecutionOptions { Threads = threads }).Run(values);
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_step_does_it(bool half)
    {
        DType type = half ? DType.Float16 : DType.Float32;
        Variable x = Variable.Input("x", type, [2, 4, 3]), scale = Variable.Input("scale", type, [4]), shift = Variable.Input("shift", type, [4]);
        Value[] values = [Value.Zeros(type, 2, 4, 3), Value.Zeros(type, 4), Value.Zeros(type, 4)];
        string[] steps = [.. Function.Compile([x, scale, shift], [new InstanceNormalization().Apply(x, scale, shift)]).Profile(values, 1).Steps.Select(step => step.Name)];
        Assert.DoesNotContain("ReduceMean", steps);
        Assert.Single(steps, "InstanceNormalization");
    }

    private static Value Numbers(DType type, int seed, params int[] sizes)
    {
        Value value = Value.Zeros(type, sizes);
        for (int i = 0; i < value.Count; i++)
            value[i] = 3 + Math.Sin((1.7 * i) + seed) + (0.3 * Math.Cos(0.01 * i * i));
        return value;
    }
}
