using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

public sealed class WideElementwiseTests
{
    [Theory]
    [InlineData(9)]
    [InlineData(40)]
    public void An_operation_may_have_any_number_of_inputs(int arity)
    {
        Variable[] inputs = [.. Enumerable.Range(0, arity).Select(i => Variable.Input($"x{i}", DType.Float32, i % 3 == 0 ? [1] : ["n"]))];
        Value[] values = [.. inputs.Select((x, i) => x.Shape.IsStatic ? Value.Of([i + 1f], 1) : Value.Of([i + 1f, -i], 2))];
        Variable sum = new SumOf(arity).Apply(inputs);
        float[] found = Function.Compile(inputs, [sum * 2f]).Run(values)[0].ToArray<float>();
        float[] expected = [.. Enumerable.Range(0, 2).Select(e => 2 * values.Sum(v => (float)v[v.Count == 1 ? 0 : e]))];
        Assert.Equal(expected, found);
    }

    private sealed record SumOf(int Count) : ElementwiseOperation
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
                for (int e = 0; e < y.Length; e++)
                {
                    y[e] += x[e];
                }
            }
        }
    }
}
