using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Lowering;

/// <summary>An operation as a user defines one, with nothing but what is public.</summary>
public sealed class OutsideOperationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_outside_operation_computes_on_the_threads_of_the_function_what_is_read(int threads)
    {
        Variable x = Variable.Input("x", DType.Float32, ["rows", 4]);
        IReadOnlyList<Variable> results = new SumAndProduct().ApplyAll(x);
        Value value = Randoms.Normal(1, 100, 4);
        var options = new ExecutionOptions { Threads = threads };
        Value[] both = Function.Compile([x], results, options: options).Run(value);
        for (int row = 0; row < 100; row++)
        {
            float[] numbers = [.. Enumerable.Range(0, 4).Select(i => (float)value[(row * 4) + i])];
            Assert.Equal(((numbers[0] + numbers[1]) + numbers[2]) + numbers[3], both[0][row]);
            Assert.Equal(((numbers[0] * numbers[1]) * numbers[2]) * numbers[3], both[1][row]);
        }

        Assert.True(Function.Compile([x], [results[1]], options: options).Run(value)[0].BitEquals(both[1]));
    }

    private sealed record SumAndProduct : Operation, IHasKernel
    {
        public override IReadOnlyList<TensorType> Infer(InferRequest inputs) =>
            [inputs[0] with { Shape = [inputs[0].Shape[0]] }, inputs[0] with { Shape = [inputs[0].Shape[0]] }];

        public Kernel Lower(LowerRequest request)
        {
            (int rows, int columns, bool sum, bool product) = (request.Sizes(0)[0], request.Sizes(0)[1], request.Wants(0), request.Wants(1));
            return Kernel.Of(arguments =>
            {
                (Value x, Value sums, Value products) = (arguments.Inputs[0], arguments.Outputs[0], arguments.Outputs[1]);
                Assert.Equal((sum, product), (sums is not null, products is not null));
                arguments.For(rows, row =>
                {
                    ReadOnlySpan<float> numbers = x.Span<float>().Slice(row * columns, columns);
                    (float s, float p) = (numbers[0], numbers[0]);
                    for (int i = 1; i < columns; i++)
                    {
                        s += numbers[i];
                        p *= numbers[i];
                    }

                    if (sum)
                    {
                        sums!.Span<float>()[row] = s;
                    }

                    if (product)
                    {
                        products!.Span<float>()[row] = p;
                    }
                });
            });
        }
    }
}
