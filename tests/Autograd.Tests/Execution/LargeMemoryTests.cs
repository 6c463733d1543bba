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

    /// <summary>One element less than the most: a comparison of each of 42,966 numbers with each of 49,981.</summary>
    [Fact]
    public void A_tensor_with_two_thousand_million_elements_is_computed_and_read_to_its_end()
    {
        Memory.Require(5);
        const int Above = 42_966, Across = 49_981;
        Variable x = Variable.Input("x", DType.Float32, [Above, 1]), y = Variable.Input("y", DType.Float32, [1, Across]), last = Variable.Input("last", DType.Int64, [1]);
        Value left = Randoms.Normal(1, Above, 1), right = Randoms.Normal(2, 1, Across);
        Value[] found = Function.Compile([x, y, last], [Ops.Gather(Ops.GreaterOrEqual(y, x), last)], options: new ExecutionOptions { Threads = 2 })
            .Run(left, right, Value.Of([-1L], 1));
        Assert.Equal(right.ToArray<float>().Select(r => left.Span<float>()[^1] <= r), found[0].ToArray<bool>());
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
