using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Execution;

/// <summary>One function run by several threads at once.</summary>
[Collection(nameof(Alone))]
public sealed class ConcurrencyTests
{
    private const int Callers = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Eight_threads_get_the_bits_of_one(bool fixedParameters)
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 96]);
        Parameter w = new("w", Randoms.Normal(1, 96, 200)), b = new("b", Randoms.Normal(2, 200)), v = new("v", Randoms.Normal(3, 200, 17));
        Variable y = Ops.Softmax(Ops.MatMul(Ops.Tanh(Ops.MatMul(x, w) + b.Variable), v));
        var options = new ExecutionOptions { Threads = 2, KeptPlans = 3, FixedParameters = fixedParameters };
        Function shared = Function.Compile([x], [y, Ops.Sum(y.Square())], options: options), alone = Function.Compile([x], [y, Ops.Sum(y.Square())], options: options);
        Value[] inputs = [.. Enumerable.Range(0, 12).Select(i => Randoms.Normal(10 + i, 1 + (i % 4 * 40), 96))];
        Value[][] expected = [.. inputs.Select(i => alone.Run(i))];
        InThreads(caller =>
        {
            var outputs = new Value[2];
            for (int round = 0; round < 60; round++)
            {
                int i = (round + caller) % inputs.Length;
                shared.RunInto([inputs[i]], outputs);
                Assert.True(outputs[0].BitEquals(expected[i][0]) && outputs[1].BitEquals(expected[i][1]), $"caller {caller}, round {round}");
            }
        });
    }

    /// <summary>Each run waits until all have begun, so a function that lets one run at a time would never end.</summary>
    [Fact]
    public void Runs_do_not_wait_for_each_other()
    {
        using var all = new Barrier(Callers);
        Variable x = Variable.Input("x", DType.Float32, [4]);
        Function function = Function.Compile([x], [new Meeting(all).Apply(x) * 2]);
        InThreads(caller =>
        {
            for (int round = 0; round < 3; round++)
            {
                Assert.Equal(Enumerable.Repeat(2f * caller, 4), function.Run(Value.Full(caller, DType.Float32, 4))[0].ToArray<float>());
            }
        });
    }

    [Fact]
    public void Working_memory_is_kept_for_as_many_runs_as_asked()
    {
        using var all = new Barrier(Callers);
        Variable x = Variable.Input("x", DType.Float32, [100]);
        Function function = Function.Compile([x], [new Meeting(all).Apply(x) * 2], options: new ExecutionOptions { KeptArenas = 3 });
        InThreads(_ => function.Run(Value.Zeros(DType.Float32, 100)));
        Function one = Function.Compile([x], [new Meeting(null).Apply(x) * 2]);
        one.Run(Value.Zeros(DType.Float32, 100));
        Assert.Equal(3 * one.WorkingMemory, function.WorkingMemory);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExecutionOptions { KeptArenas = 0 });
    }

    [Fact]
    public void Updates_of_several_threads_follow_each_other()
    {
        var count = new Parameter("count", Value.Full(0, DType.Float32, 5000), ParameterRole.State);
        Function function = Function.Compile([], [count.Variable], [new Update(count, count.Variable + 1)]);
        InThreads(_ =>
        {
            for (int round = 0; round < 50; round++)
            {
                float[] before = function.Run()[0].ToArray<float>();
                Assert.All(before, number => Assert.Equal(before[0], number));
            }
        });
        Assert.All(count.Value.ToArray<float>(), number => Assert.Equal(50f * Callers, number));
    }

    private static void InThreads(Action<int> action)
    {
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        Thread[] threads =
        [
            .. Enumerable.Range(0, Callers).Select(caller => new Thread(() =>
            {
                try
                {
                    action(caller);
                }
                catch (Exception e)
                {
                    failures.Enqueue(e);
                }
            })),
        ];
        Array.ForEach(threads, t => t.Start());
        Assert.All(threads, t => Assert.True(t.Join(TimeSpan.FromMinutes(2)), "A thread has not ended."));
        Assert.Empty(failures);
    }

    /// <summary>The identity, which waits for the others where there is a barrier.</summary>
    private sealed record Meeting(Barrier? All) : Operation, IHasKernel
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public Toolkit.Autograd.Kernels.Kernel Lower(LowerRequest request) => Toolkit.Autograd.Kernels.Kernel.Of(a =>
        {
            if (All is not null && !All.SignalAndWait(TimeSpan.FromMinutes(1)))
            {
                throw new GraphException("Expected all callers at once.");
            }

            a.Outputs[0].CopyFrom(a.Inputs[0]);
        });
    }
}
