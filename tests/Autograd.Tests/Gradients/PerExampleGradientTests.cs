using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

public sealed class PerExampleGradientTests
{
    /// <summary>Two layers with a mask from random numbers and a weight for each example: each row's gradient is that of its loss alone.</summary>
    [Fact]
    public void Each_row_has_the_gradient_of_its_own_loss()
    {
        Variable x = Variable.Input("x", DType.Float64, ["batch", 3]), t = Variable.Input("t", DType.Float64, ["batch"]);
        Variable w = Variable.Input("w", DType.Float64, [3, 4]), v = Variable.Input("v", DType.Float64, [4]), unused = Variable.Input("u", DType.Float64, [2]);
        Variable mask = Ops.Cast(Ops.Greater(Ops.RandomUniform([x.Shape[0], 4], Variable.Of(Value.Of(7UL)), Variable.Of(Value.Of(1UL)), DType.Float64, x), 0.5), DType.Float64);
        Variable hidden = Ops.Tanh(x.MatMul(w)) * mask;
        Variable losses = (hidden.MatMul(v.Reshape([4, 1])).Reshape([x.Shape[0]]) - t).Square();
        IReadOnlyList<Variable> found = Gradient.PerExample(losses, [w, v, unused]);
        Shape expected = ["batch", 3, 4];
        Assert.Equal(expected, found[0].Shape);

        // By differentiating one picked loss after another on the whole batch.
        Variable which = Variable.Input("which", DType.Int64, []);
        IReadOnlyList<Variable> picked = Gradient.Of(losses.Gather(which), [w, v]);
        Function all = Function.Compile([x, t, w, v, unused], found), one = Function.Compile([x, t, w, v, which], picked);
        Value[] Inputs(int n, Value last) => [Normal(1, n, 3), Normal(2, n), Normal(3, 3, 4), Normal(4, 4), last];
        foreach (int n in new[] { 5, 1 })
        {
            Value[] results = all.Run(Inputs(n, Value.Of([0.0, 0], 2)));
            Assert.Equal([n, 3, 4], results[0].Sizes.ToArray());
            Assert.Equal([n, 2], results[2].Sizes.ToArray());
            Assert.All(Enumerable.Range(0, 2 * n), i => Assert.Equal(0, results[2][i]));
            for (int row = 0; row < n; row++)
            {
                Value[] alone = one.Run(Inputs(n, Value.Of((long)row)));
                for (int p = 0; p < 2; p++)
                    Assert.All(Enumerable.Range(0, alone[p].Count), i => Assert.Equal(alone[p][i], results[p][(row * alone[p].Count) + i], 1e-13));
            }
        }
    }

    /// <summary>Inputs with another first axis belong to all examples, also where it is as long: lossᵢ = xᵢ Σₜ zₜw has the gradient xᵢ Σₜ zₜ.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    public void What_has_another_axis_is_shared_by_all_rows(int steps)
    {
        Variable x = Variable.Input("x", DType.Float64, ["batch"]), z = Variable.Input("z", DType.Float64, ["time", 2]), w = Variable.Input("w", DType.Float64, [2]);
        Variable found = Gradient.PerExample(x * Ops.Sum(z * w), [w])[0];
        Value result = Function.Compile([x, z, w], [found]).Run(Value.Of([2.0, -1, 0.5], 3), Normal(5, steps, 2), Normal(6, 2))[0];
        Value all = Normal(5, steps, 2);
        double[] sums = [.. Enumerable.Range(0, 2).Select(column => Enumerable.Range(0, steps).Sum(t => all[(2 * t) + column]))];
        double[] expected = [.. new[] { 2.0, -1, 0.5 }.SelectMany(row => sums.Select(sum => row * sum))];
        Assert.All(expected, (number, i) => Assert.Equal(number, result[i], 1e-12));
    }

    /// <summary>lossᵢ = xᵢ·2w has the gradient xᵢ by the product 2w, which is computed once for all examples.</summary>
    [Fact]
    public void What_is_computed_from_shared_inputs_can_be_asked_for()
    {
        Variable x = Variable.Input("x", DType.Float64, ["batch", 2]), w = Variable.Input("w", DType.Float64, [2]), twice = 2 * w;
        Value found = Function.Compile([x, w], Gradient.PerExample(Ops.Sum(x * twice, [1]), [twice])).Run(Value.Of([1.0, 2, -1, 3], 2, 2), Value.Of([0.5, -1.5], 2))[0];
        Assert.Equal([1.0, 2, -1, 3], found.ToArray<double>());
    }

    /// <summary>A gradient of per-example gradients is there as well: the derivative of ‖∂lossᵢ/∂w‖², summed.</summary>
    [Fact]
    public void They_can_be_differentiated()
    {
        Variable x = Variable.Input("x", DType.Float64, ["batch", 2]), w = Variable.Input("w", DType.Float64, [2]);
        Variable losses = Ops.Sum(x * w, [1]).Square();

        // Each gradient is 2(xᵀw)x, its square 4(xᵀw)²‖x‖², the derivative of that 8(xᵀw)‖x‖²x.
        Variable norms = Ops.Sum(Gradient.PerExample(losses, [w])[0].Square());
        Value found = Function.Compile([x, w], [Gradient.Of(norms, w)]).Run(Value.Of([1.0, 2, -1, 3], 2, 2), Value.Of([0.5, -1.5], 2))[0];
        (double first, double second) = (8 * -2.5 * 5, 8 * -5.0 * 10);
        Assert.Equal(first - second, found[0], 1e-10);
        Assert.Equal((2 * first) + (3 * second), found[1], 1e-10);
    }

    [Fact]
    public void What_has_no_examples_or_depends_on_them_is_refused()
    {
        Variable x = Variable.Input("x", DType.Float64, ["batch"]), w = Variable.Input("w", DType.Float64, [2]), fixedSize = Variable.Input("f", DType.Float64, [2]);
        Assert.Contains("do not depend", Assert.Throws<GradientException>(() => Gradient.PerExample(x * x, [x])).Message, StringComparison.Ordinal);
        Assert.Contains("symbol", Assert.Throws<GradientException>(() => Gradient.PerExample(fixedSize * w, [w])).Message, StringComparison.Ordinal);
        Assert.Contains("symbol", Assert.Throws<GradientException>(() => Gradient.PerExample(Ops.Sum(x * x), [w])).Message, StringComparison.Ordinal);
        Variable columns = Variable.Input("columns", DType.Float64, [2, "batch"]);
        Assert.Contains("found none before", Assert.Throws<GradientException>(() => Gradient.PerExample(Ops.Sum(columns * w.Reshape([2, 1]), [0]), [w])).Message, StringComparison.Ordinal);
    }

    private static Value Normal(int seed, params int[] sizes)
    {
        Value single = Randoms.Normal(seed, sizes), result = Value.Zeros(DType.Float64, sizes);
        for (int i = 0; i < result.Count; i++)
            result[i] = single[i];
        return result;
    }
}
