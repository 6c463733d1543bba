using System.Runtime.CompilerServices;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Execution;

/// <summary>Large outputs are written straight into the memory that the caller gives, unless something else of the run lies there.</summary>
public sealed class DirectOutputTests
{
    private const int Size = 160;

    /// <summary>Whatever the places share, the results are those of places of their own.</summary>
    [Theory]
    [InlineData("separate")]
    [InlineData("an input")]
    [InlineData("a part of an input")]
    [InlineData("a parameter")]
    [InlineData("each other")]
    public void Outputs_are_the_same_wherever_they_are_written(string place)
    {
        Variable x = Variable.Input("x", DType.Float32, [Size, Size]);
        var weights = new Parameter("weights", Randoms.Normal(1, Size, Size));
        Variable product = Ops.MatMul(x, weights), turned = Ops.Transpose(x, [1, 0]);
        Function function = Function.Compile([x], [turned, product, Ops.MatMul(product, x), Ops.MatMul(weights, turned)]);
        Value block = Randoms.Normal(2, Size + 3, Size), input = block.Part(3 * Size, Size, Size);
        Value[] expected = function.Run(input.Clone());

        Value[] outputs = [.. expected.Select(_ => Value.Zeros(DType.Float32, Size, Size))];
        (outputs[0], outputs[1]) = place switch
        {
            "an input" => (input, outputs[1]),
            "a part of an input" => (outputs[0], block.Part(0, Size, Size)),
            "a parameter" => (weights.Value, outputs[1]),
            "each other" => (outputs[0], outputs[0]),
            _ => (outputs[0], outputs[1]),
        };
        Value[] given = [.. outputs];
        function.RunInto([input], outputs);
        Assert.All(outputs.Zip(given), pair => Assert.Same(pair.Second, pair.First));
        for (int i = place == "each other" ? 1 : 0; i < expected.Length; i++)
            Assert.True(expected[i].BitEquals(outputs[i]), $"output {i}");
    }

    [Fact]
    public void Large_outputs_are_not_copied_and_not_kept()
    {
        var address = new StrongBox<nint>();
        Variable x = Variable.Input("x", DType.Float32, ["n"]), noted = new Noting(address).Apply(x);
        Function function = Function.Compile([x], [noted, Ops.Exp(noted)], options: new ExecutionOptions { Threads = 1 });
        foreach ((int count, bool isDirect) in new[] { (1 << 16, true), (16, false), (1 << 16, true) })
        {
            Value input = Value.Full(2, DType.Float32, count);
            Value[] first = [Value.Zeros(DType.Float32, count), Value.Zeros(DType.Float32, count)], second = [Value.Zeros(DType.Float32, count), Value.Zeros(DType.Float32, count)];
            function.RunInto([input], first);
            Assert.Equal(isDirect, address.Value == first[0].Address);
            first[0].Span<float>().Fill(7f);
            function.RunInto([input], second);
            Assert.Equal(isDirect, address.Value == second[0].Address);
            Assert.Equal(-1, first[0].Span<float>().IndexOfAnyExcept(7f));
            Assert.Equal(-1, second[0].Span<float>().IndexOfAnyExcept(3f));
            Assert.Equal(-1, second[1].Span<float>().IndexOfAnyExcept(MathF.Exp(3f)));
        }
    }

    /// <summary>x + 1, and where it was written last.</summary>
    private sealed record Noting(StrongBox<nint> Address) : Operation, IHasKernel
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => [inputs[0]];

        public Kernel Lower(LowerRequest request) => Kernel.Of(a =>
        {
            Address.Value = a.Outputs[0].Address;
            for (int i = 0; i < a.Outputs[0].Count; i++)
                a.Outputs[0].Span<float>()[i] = a.Inputs[0].Span<float>()[i] + 1f;
        });
    }
}
