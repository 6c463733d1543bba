using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Gradients;

public sealed class GradientProductTests
{
    private static readonly double[] Point = [0.3, -0.7, 1.1];

    /// <summary>y = (x₀x₁, sin x₂, eˣ⁰, x₁x₂²), with the Jacobian by hand.</summary>
    [Fact]
    public void Jacobians_are_those_by_hand_in_both_modes()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]);
        Variable y = Four(x);
        (double a, double b, double c) = (Point[0], Point[1], Point[2]);
        double[] expected = [b, a, 0, 0, 0, Math.Cos(c), Math.Exp(a), 0, 0, 0, c * c, 2 * b * c];
        Variable forward = Gradient.Jacobian(y, x), reverse = Gradient.Jacobian(Ops.Slice(y, 0, 0, 3), x);
        Value[] found = Function.Compile([x], [forward, reverse]).Run(Value.Of(Point, 3));
        Assert.Equal([4, 3], found[0].Sizes.ToArray());
        Assert.All(expected, (e, i) => Assert.Equal(e, found[0][i], 1e-14));
        Assert.All(expected[..9], (e, i) => Assert.Equal(e, found[1][i], 1e-14));
    }

    [Fact]
    public void A_Jacobian_has_the_axes_of_both_and_takes_symbolic_sizes()
    {
        Variable x = Variable.Input("x", DType.Float64, ["n", 2]);
        Variable y = Ops.Sum(x * x, [1]);
        Value found = Function.Compile([x], [Gradient.Jacobian(y, x)]).Run(Value.Of([1.0, 2, 3, 4, 5, 6], 3, 2))[0];
        Assert.Equal([3, 3, 2], found.Sizes.ToArray());
        double[] expected = [2, 4, 0, 0, 0, 0, 0, 0, 6, 8, 0, 0, 0, 0, 0, 0, 10, 12];
        Assert.All(expected, (e, i) => Assert.Equal(e, found[i], 1e-14));
    }

    /// <summary>Of as many elements as of the other, and where one size is open, the rows are taken in reverse: nothing is transposed.</summary>
    [Fact]
    public void A_Jacobian_of_equal_or_open_sizes_is_taken_in_reverse()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]), n = Variable.Input("n", DType.Float64, ["n"]), two = Variable.Input("two", DType.Float64, [2]);
        Variable[] found = [Gradient.Jacobian(Ops.Sin(x), x), Gradient.Jacobian(Ops.Sum(n * n, [0], keepDims: true), n), Gradient.Jacobian(Ops.Sum(n) * two, two), Gradient.Jacobian(n * Ops.Sum(two), two)];
        Assert.All(found, jacobian => Assert.DoesNotContain(TopologicalOrder.Of([jacobian]), node => node.Operation is Autograd.Operations.Shaping.Transpose));
        Value[] results = Function.Compile([x, n, two], found).Run(Value.Of(Point, 3), Value.Of([2.0, 3, 4, 5], 4), Value.Of([1.0, -1], 2));
        Assert.Equal([Math.Cos(Point[0]), 0, 0, 0, Math.Cos(Point[1]), 0, 0, 0, Math.Cos(Point[2])], results[0].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal([4.0, 6, 8, 10], results[1].ToArray<double>());
        Assert.Equal([14.0, 0, 0, 14], results[2].ToArray<double>());
        Assert.Equal([2.0, 2, 3, 3, 4, 4, 5, 5], results[3].ToArray<double>());
    }

    /// <summary>In the shape of both whether rows or columns are taken.</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 2)]
    public void A_Jacobian_by_what_does_not_matter_is_zero(int columns, int rows)
    {
        Variable x = Variable.Input("x", DType.Float32, [columns]), y = Ops.Cast(Variable.Input("z", DType.Float32, [rows]), DType.Float64);
        Value found = Function.Compile([x, y.Producer!.Inputs[0]], [Gradient.Jacobian(y, x)]).Run(Randoms.Normal(1, columns), Randoms.Normal(2, rows))[0];
        Assert.Equal([rows, columns], found.Sizes.ToArray());
        Assert.Equal(columns < rows ? DType.Float64 : DType.Float32, found.DType);
        Assert.All(Enumerable.Range(0, found.Count), i => Assert.Equal(0, found[i]));
    }

    [Fact]
    public void Hessians_and_their_products_are_those_by_hand()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]), v = Variable.Input("v", DType.Float64, [3]);
        Variable y = Ops.Sum(Four(x));
        (double a, double b, double c) = (Point[0], Point[1], Point[2]);
        double[,] h = { { Math.Exp(a), 1, 0 }, { 1, 0, 2 * c }, { 0, 2 * c, (2 * b) - Math.Sin(c) } };
        double[] vector = [0.5, 2, -1];
        Value[] found = Function.Compile([x, v], [Gradient.Hessian(y, x), Gradient.HessianVectorProduct(y, [x], [v])[0]]).Run(Value.Of(Point, 3), Value.Of(vector, 3));
        for (int i = 0; i < 3; i++)
        {
            Assert.All(Enumerable.Range(0, 3), j => Assert.Equal(h[i, j], found[0][(i * 3) + j], 1e-13));
            Assert.Equal(Enumerable.Range(0, 3).Sum(j => h[i, j] * vector[j]), found[1][i], 1e-13);
        }
    }

    [Fact]
    public void A_push_forward_is_the_derivative_in_a_direction()
    {
        Variable x = Variable.Input("x", DType.Float64, [3]), t = Variable.Input("t", DType.Float64, [3]);
        Variable y = Ops.Softmax(Ops.Tanh(x) * x), other = Ops.Exp(t);
        IReadOnlyList<Variable?> pushed = Gradient.PushForward([y, other], [x], [t]);
        Assert.Null(pushed[1]);
        double[] direction = [1, -2, 0.5];
        Value found = Function.Compile([x, t], [pushed[0]!]).Run(Value.Of(Point, 3), Value.Of(direction, 3))[0];
        Function run = Function.Compile([x], [y]);
        Value Moved(double step) => run.Run(Value.Of([.. Point.Select((p, i) => p + (step * direction[i]))], 3))[0];
        (Value above, Value below) = (Moved(1e-5), Moved(-1e-5));
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal((above[i] - below[i]) / 2e-5, found[i], 1e-9));
    }

    /// <summary>One number moves a thousand, or a thousand one: the mode that needs one turn runs a small multiple of the function.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_cheaper_mode_takes_one_turn(bool isWide)
    {
        Variable x = Variable.Input("x", DType.Float64, [isWide ? 1 : 1000]);
        Variable y = isWide ? Ops.Sin(x * Ops.Cast(Variable.Of(Randoms.Normal(1, 1000)), DType.Float64)) : Ops.Sum(Ops.Sin(x), [0], keepDims: true);
        Node loop = TopologicalOrder.Of([Gradient.Jacobian(y, x)]).Single(node => node.Operation is Autograd.Operations.Control.Scan);
        Assert.Equal(1, loop.Inputs[0].Shape[0].Size);
    }

    [Fact]
    public void Tangents_of_another_type_and_integers_are_refused()
    {
        Variable x = Variable.Input("x", DType.Float32, [2]), whole = Variable.Input("i", DType.Int64, [2]);
        Assert.Contains("a tangent of the type of its variable, Float32[2]", Assert.Throws<GradientException>(() => Gradient.PushForward(x * x, x, Variable.Input("t", DType.Float32, [3]))).Message, StringComparison.Ordinal);
        Assert.Throws<GradientException>(() => Gradient.PushForward(whole, x, x));
        Assert.Contains("Float32[2]", Assert.Throws<GradientException>(() => Gradient.PullBack(x * x, Variable.Input("s", DType.Float32, [1]), x)).Message, StringComparison.Ordinal);
        Assert.Contains("a seed for each of 1", Assert.Throws<GradientException>(() => Gradient.PullBack([x * x], [], [x])).Message, StringComparison.Ordinal);
        Assert.Contains("a tangent for each of 1", Assert.Throws<GradientException>(() => Gradient.PushForward([x * x], [x], [])).Message, StringComparison.Ordinal);
        Assert.Contains("a vector of the type of each", Assert.Throws<GradientException>(() => Gradient.HessianVectorProduct(Ops.Sum(x * x), [x], [])).Message, StringComparison.Ordinal);
    }

    /// <summary>∂(y + y)/∂x and ∂(x² + x)/∂x: what is given twice, and what another result is made of, owes both seeds.</summary>
    [Fact]
    public void Seeds_of_one_variable_add_up()
    {
        Variable x = Variable.Input("x", DType.Float64, [2]), y = x * x, two = x + 2, seed = Variable.Of(Value.Of([1.0, 10], 2));
        IReadOnlyList<Variable?> twice = Gradient.PullBack([y, y], [seed, two], [x]), through = Gradient.PullBack([y, x], [seed, seed], [x]);
        Value[] found = Function.Compile([x], [twice[0]!, through[0]!]).Run(Value.Of([3.0, 5], 2));
        Assert.Equal([(1.0 + 5) * 6, (10.0 + 7) * 10], found[0].ToArray<double>());
        Assert.Equal([6.0 + 1, 100.0 + 10], found[1].ToArray<double>());
    }

    private static Variable Four(Variable x)
    {
        Variable Part(int i) => Ops.Slice(x, 0, i, i + 1);
        return Ops.Concat(0, Part(0) * Part(1), Ops.Sin(Part(2)), Ops.Exp(Part(0)), Part(1) * Part(2) * Part(2));
    }
}
