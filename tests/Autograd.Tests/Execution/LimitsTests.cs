using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Execution;

/// <summary>What a run may take, and runs that are ended early: neither changes a parameter.</summary>
public sealed class LimitsTests
{
    [Fact]
    public void A_result_with_more_elements_than_the_limit_is_refused_with_its_place()
    {
        (Function function, Parameter p) = Outer(new Limits { Elements = 100 });
        function.Run(Value.Full(1, DType.Float32, 10));
        Value before = p.Value.Clone();
        string message = Assert.Throws<SizeException>(() => function.Run(Value.Full(1, DType.Float32, 11))).Message;
        Assert.Contains("100 elements", message, StringComparison.Ordinal);
        Assert.Contains("[11, 11] with 121", message, StringComparison.Ordinal);
        Assert.Contains("MatMul", message, StringComparison.Ordinal);
        Assert.True(p.Value.BitEquals(before));
    }

    [Fact]
    public void More_working_memory_than_the_limit_is_refused_with_both_numbers()
    {
        (Function free, _) = Outer(new Limits());
        free.Run(Value.Full(1, DType.Float32, 100));
        long needed = free.WorkingMemory;
        (Function enough, _) = Outer(new Limits { Bytes = needed });
        enough.Run(Value.Full(1, DType.Float32, 100));
        (Function function, Parameter p) = Outer(new Limits { Bytes = needed - 1 });
        string message = Assert.Throws<SizeException>(() => function.Run(Value.Full(1, DType.Float32, 100))).Message;
        Assert.Contains($"{needed - 1}", message, StringComparison.Ordinal);
        Assert.Contains($"found {needed}", message, StringComparison.Ordinal);
        Assert.True(p.Value.BitEquals(p.Initial));
    }

    [Fact]
    public void A_result_whose_size_depends_on_data_obeys_the_limit()
    {
        Variable x = Variable.Input("x", DType.Float32, [20]);
        Function function = Function.Compile([x], [new NonZero().Apply(x)], options: new ExecutionOptions { Limits = new Limits { Elements = 20 } });
        Value few = Value.Zeros(DType.Float32, 20);
        few.Span<float>()[..3].Fill(1);
        Assert.Equal(3, function.Run(few)[0].Count);
        Variable square = Variable.Input("square", DType.Float32, [4, 4]);
        Function two = Function.Compile([square], [new NonZero().Apply(square)], options: new ExecutionOptions { Limits = new Limits { Elements = 20 } });
        Assert.Contains("[2, 16]", Assert.Throws<SizeException>(() => two.Run(Value.Full(1, DType.Float32, 4, 4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_positive_and_no_larger_than_a_tensor_can_be()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Limits { Elements = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Limits { Elements = 1L << 31 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Limits { Bytes = 0 });
    }

    /// <summary>A kernel cancels: what comes after it does not run, whatever its segment, and no parameter changes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_that_is_cancelled_changes_nothing(bool segments)
    {
        using var source = new CancellationTokenSource();
        Variable x = Variable.Input("x", DType.Float32, [8]);
        Variable seen = new Cancelling(source).Apply(x);
        Variable read = segments ? Ops.Sum(Ops.Cast(new NonZero().Apply(seen), DType.Float32)) : Ops.Sum(seen);
        var p = new Parameter("p", Randoms.Normal(1, 2000), ParameterRole.State);
        Function function = Function.Compile([x], [read], [new(p, (p.Variable * 2) + read)]);
        Assert.Throws<OperationCanceledException>(() => function.Run([Value.Full(1, DType.Float32, 8)], source.Token));
        Assert.True(p.Value.BitEquals(p.Initial));

        // The token is that of one run.
        function.Run(Value.Full(1, DType.Float32, 8));
        Assert.False(p.Value.BitEquals(p.Initial));
    }

    [Fact]
    public void Compilation_can_be_cancelled()
    {
        Variable constant = Variable.Of(Randoms.Normal(1, 30));
        Assert.Throws<OperationCanceledException>(
            () => Function.Compile(new Signature([], [new Output("y", Ops.Exp(constant))]), cancellation: new CancellationToken(canceled: true)));
    }

    private static (Function Function, Parameter Parameter) Outer(Limits limits)
    {
        Variable x = Variable.Input("x", DType.Float32, ["n"]);
        Variable outer = Ops.MatMul(Ops.Reshape(x, ["n", 1]), Ops.Reshape(x, [1, "n"]));
        var p = new Parameter("p", Value.Of(1f), ParameterRole.State);
        return (Function.Compile([x], [Ops.Sum(outer)], [new(p, p.Variable * 2)], new ExecutionOptions { Limits = limits }), p);
    }

    /// <summary>The identity, which cancels.</summary>
    private sealed record Cancelling(CancellationTokenSource Source) : Operation, IHasKernel
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public Kernel Lower(LowerRequest request) => Kernel.Of(a =>
        {
            a.Outputs[0].CopyFrom(a.Inputs[0]);
            Source.Cancel();
        });
    }
}
