using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Compilation;

public sealed class ManyInputsTests
{
    /// <summary>More inputs than marks for repeated numbers, alone and in a chain; some repeat, some broadcast along an axis.</summary>
    [Theory]
    [InlineData(9)]
    [InlineData(33)]
    [InlineData(70)]
    public void An_elementwise_operation_has_any_number_of_inputs(int count)
    {
        Variable[] inputs = [.. Enumerable.Range(0, count).Select(i => Variable.Input($"x{i}", DType.Float32, i % 3 == 0 ? [] : i % 3 == 1 ? ["rows", 300] : ["rows", 1]))];
        Value[] values = [.. inputs.Select((_, i) => Randoms.Normal(i, i % 3 == 0 ? [] : i % 3 == 1 ? [7, 300] : [7, 1]))];
        Variable sum = new WeightedSum(count).ApplyAll(inputs)[0];
        Value[] found = Function.Compile(inputs, [sum, Ops.Exp(sum * 0.01) + inputs[1]], options: new ExecutionOptions { Threads = 2 }).Run(values);
        for (int row = 0; row < 7; row++)
        {
            for (int column = 0; column < 300; column++)
            {
                double expected = 0;
                for (int i = 0; i < count; i++)
                {
                    expected += (i + 1) * values[i][i % 3 == 0 ? 0 : i % 3 == 1 ? (row * 300) + column : row];
                }

                Assert.Equal(expected, found[0][(row * 300) + column], 1e-6 * count * count);
            }
        }

        Randoms.AssertClose(Interpreter.Run(new Signature(inputs, [new Output("y", Ops.Exp(sum * 0.01) + inputs[1])]), values)[0], found[1], 1e-5);
    }

    /// <summary>Σ (i + 1)·xᵢ over all inputs.</summary>
    private sealed record WeightedSum(int Count) : ElementwiseOperation
    {
        public override int Arity => Count;

        public override DType InferDType(ReadOnlySpan<DType> inputs) => inputs[0];

        public override void Apply(TileArguments tile)
        {
            Span<float> y = tile.Output<float>();
            y.Clear();
            for (int i = 0; i < Count; i++)
            {
                ReadOnlySpan<float> x = tile.Input<float>(i);
                for (int at = 0; at < y.Length; at++)
                {
                    y[at] += (i + 1) * x[at];
                }
            }
        }
    }
}
