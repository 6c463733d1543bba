using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Execution;

/// <summary>Computations whose working memory, or whose tensors, are larger than 2 GiB.</summary>
[Collection(nameof(Alone))]
public sealed class LargeMemoryTests
{
    private const int Hidden = 4096, Rows = 64;

    /// <summary>A batch of copies has the mean loss and the mean gradient of the rows that are copied.</summary>
    [Fact]
    public void A_batch_that_needs_three_gigabytes_trains_as_its_rows_do()
    {
        Memory.Require(4);
        const int Copies = 1024;
        (Function large, Parameter[] found) = TrainingStep();
        (Function small, Parameter[] expected) = TrainingStep();
        Value x = Randoms.Normal(1, Rows, 1), y = Randoms.Normal(2, Rows, 1);
        var losses = new List<double>();
        for (int step = 0; step < 3; step++)
        {
            losses.Add(large.Run(Repeat(x, Copies), Repeat(y, Copies))[0].Scalar());
            Assert.Equal(small.Run(x, y)[0].Scalar(), losses[^1], 1e-5);
        }

        Assert.InRange(large.WorkingMemory, 3L << 30, 4L << 30);
        Assert.True(losses[1] < 0.99 * losses[0] && losses[2] < losses[1], string.Join(", ", losses));
        for (int i = 0; i < found.Length; i++)
        {
            Assert.False(found[i].Value.BitEquals(found[i].Initial));
            Randoms.AssertClose(expected[i].Value, found[i].Value, 1e-5);
        }
    }

    /// <summary>The most elements that a tensor can have, 8 GiB of them, and 2 GiB of truth values, by the kinds of kernels that walk over a whole tensor.</summary>
    [Fact]
    public void A_tensor_with_the_most_elements_is_filled_compared_and_reduced()
    {
        Memory.Require(11);
        Variable key = Variable.Input("key", DType.UInt64, []), counter = Variable.Input("counter", DType.UInt64, []), last = Variable.Input("last", DType.Int64, [2]);
        Variable random = Ops.RandomUniform([int.MaxValue], key, counter);
        Value[] found = Function.Compile(
            [key, counter, last], [Ops.Sum(random), Ops.Gather(random, last), Ops.Gather(Ops.Greater(random, 0.5), last)], options: new ExecutionOptions { Threads = 2 })
            .Run(Value.Of(1UL), Value.Of(2UL), Value.Of([int.MaxValue - 1L, -2L], 2));

        // The mean of uniform numbers, within six standard deviations.
        Assert.Equal(0.5, found[0].Scalar() / int.MaxValue, 6 / Math.Sqrt(12.0 * int.MaxValue));
        Assert.Equal(found[1].ToArray<float>().Select(u => u > 0.5f), found[2].ToArray<bool>());
        Assert.All(found[1].ToArray<float>(), u => Assert.NotEqual(0, u));
    }

    private static (Function Function, Parameter[] Parameters) TrainingStep()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 1]), y = Variable.Input("y", DType.Float32, ["batch", 1]);
        Parameter[] weights = [new("w", Randoms.Normal(3, 1, Hidden)), new("v", Value.Full(1.0 / Hidden, DType.Float32, Hidden, 1))];
        Variable loss = Ops.Mean((Ops.MatMul(Ops.Relu(Ops.MatMul(x, weights[0])), weights[1]) - y).Square());
        IReadOnlyList<Variable> gradients = Gradient.Of(loss, [.. weights.Select(w => w.Variable)]);
        Update[] updates = [.. weights.Select((w, i) => new Update(w, w.Variable - (1e-4 * gradients[i])))];
        return (Function.Compile([x, y], [loss], updates, new ExecutionOptions { Threads = 2 }), weights);
    }

    private static Value Repeat(Value rows, int copies)
    {
        Value all = Value.Zeros(DType.Float32, copies * Rows, 1);
        for (int i = 0; i < copies; i++)
        {
            all.CopyElements(rows, 0, i * Rows, Rows);
        }

        return all;
    }
}
