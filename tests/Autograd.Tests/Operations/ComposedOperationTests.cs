using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Signal;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Values at the edges of composed operations, which their examples do not reach.</summary>
public sealed class ComposedOperationTests
{
    private static readonly float[] Edges = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -2.5f, 2.5f, 3.5f, -0.5f];

    [Fact]
    public void Halves_are_rounded_to_the_even_neighbour() =>
        Assert.Equal([float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -2, 2, 4, -0f], Run(new Round(), Value.Of(Edges, 8)).ToArray<float>());

    [Fact]
    public void What_is_no_number_and_what_is_infinite_is_found()
    {
        Value x = Value.Of(Edges, 8);
        Assert.Equal([true, false, false, false, false, false, false, false], Run(new IsNaN(), x).ToArray<bool>());
        Assert.Equal([false, true, true, false, false, false, false, false], Run(new IsInf(), x).ToArray<bool>());
        Assert.Equal([false, true, false, false, false, false, false, false], Run(new IsInf(Negative: false), x).ToArray<bool>());
        Assert.Equal([false, false, true, false, false, false, false, false], Run(new IsInf(Positive: false), x).ToArray<bool>());
        Assert.All(Run(new IsInf(false, false), x).ToArray<bool>(), Assert.False);
    }

    [Fact]
    public void Where_bounds_cross_the_upper_one_holds() =>
        Assert.Equal([1, 1, 1], Run(new Clip(), Value.Of([-5f, 1.5f, 9f], 3), Value.Of(2f), Value.Of(1f)).ToArray<float>());

    [Fact]
    public void A_norm_of_zeros_has_the_gradient_zero()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]);
        Variable gradient = Gradient.Of(Ops.Sum(new ReduceL2().Apply(x)), x);
        Assert.Equal([0, 0, 0], Function.Compile([x], [gradient]).Run(Value.Of([0.0, 0.0, 0.0], 3))[0].ToArray<double>());
    }

    [Fact]
    public void The_logarithm_of_a_sum_of_exponentials_holds_at_the_ends()
    {
        Value x = Value.Of([1e4, 1e4, double.NegativeInfinity, double.NegativeInfinity, 0.0, double.PositiveInfinity], 3, 2);
        double[] found = Run(new ReduceLogSumExp(false), x, Value.Of([1L], 1)).ToArray<double>();
        Assert.Equal(1e4 + Math.Log(2), found[0], 1e-9);
        Assert.Equal([double.NegativeInfinity, double.PositiveInfinity], found[1..]);
        Assert.Equal([double.NegativeInfinity], Run(new ReduceLogSumExp(false), Value.Zeros(DType.Float64, 0)).ToArray<double>());
    }

    [Fact]
    public void Axes_of_an_ellipsis_broadcast()
    {
        Value a = Value.Of([1.0, 2.0, 3.0, 4.0], 2, 1, 2), b = Value.Of([1.0, 10.0, 100.0, 1000.0, 1.0, 1.0], 3, 2);
        Value y = Run(new Einsum("...i,...i->..."), a, b);
        Assert.Equal([2, 3], y.Sizes.ToArray());
        Assert.Equal([21, 2100, 3, 43, 4300, 7], y.ToArray<double>());
    }

    [Fact]
    public void Each_row_may_have_a_scale_of_its_own()
    {
        Value y = Run(
            new QLinearMatMul(),
            Value.Of(new sbyte[] { 1, 2, 3, 4 }, 2, 2), Value.Of([1f, 10f], 2), Value.Of(new sbyte[] { 0, 1 }, 2),
            Value.Of(new sbyte[] { 1, 0, 0, 1 }, 2, 2), Value.Of(1f), Value.Of((sbyte)0),
            Value.Of(1f), Value.Of((sbyte)5));
        Assert.Equal(new sbyte[] { 6, 7, 25, 35 }, y.ToArray<sbyte>());
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(12)]
    public void A_transform_and_its_inverse_give_the_signal_back(int n)
    {
        double[] signal = [.. Enumerable.Range(0, 2 * n).Select(i => Math.Sin(i * i))];
        Variable x = Variable.Input("x", DType.Float64, [1, n, 2]);
        Value back = Function.Compile([x], [new DFT(Inverse: true).Apply(new DFT().Apply(x))]).Run(Value.Of(signal, 1, n, 2))[0];
        Assert.All(signal.Zip(back.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    private static Value Run(Operation operation, params Value[] inputs)
    {
        Variable[] variables = [.. inputs.Select((value, i) => Variable.Input($"x{i}", value.DType, value.Shape))];
        return Function.Compile(variables, [operation.Apply([.. variables])]).Run(inputs)[0];
    }
}
