using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Modules;

public sealed class HiddenUnitTests
{
    private static readonly double[] Points = [-3.1, -1.2, -0.4, 0.3, 0.9, 2.5];
    private readonly RandomSource random = new(1);

    /// <summary>A1.2 for hard tanh; the others by their formulas.</summary>
    [Fact]
    public void Activations_are_their_formulas()
    {
        Check(Activations.AbsoluteValue, Math.Abs);
        Check(Activations.HardTanh, x => Math.Max(-1, Math.Min(1, x)));
        Check(Activations.Silu, x => x / (1 + Math.Exp(-x)));
        Check(Activations.Elu, x => x > 0 ? x : Math.Exp(x) - 1);
        Check(Activations.Selu, x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1)));
        // Φ(0.9) = 0.815939874653240 from tables.
        Assert.Equal(0.9 * 0.815939874653240, Run.Numbers(Activations.Gelu(Wide(Points, 6)))[4], 1e-12);

        void Check(Func<Variable, Variable> function, Func<double, double> expected) =>
            Run.Close([.. Points.Select(expected)], Run.Numbers(function(Wide(Points, 6))), 1e-14);
    }

    [Fact]
    public void Activations_have_right_gradients_to_order_two()
    {
        foreach (Func<Variable, Variable> f in new Func<Variable, Variable>[]
            { Activations.AbsoluteValue, Activations.HardTanh, Activations.Gelu, Activations.Silu, Activations.Elu, Activations.Selu, Ops.Cos, x => Ops.Softmax(x) })
            Run.CheckGradients(f, Points, 6);
    }

    /// <summary>A1.2.</summary>
    [Fact]
    public void Softplus_tanh_and_sigmoid_keep_their_identities_up_to_a_thousand()
    {
        double[] x = [-1e3, -30, -2, 0, 2, 30, 1e3];
        Variable v = Wide(x, 7);
        Run.Close(x, Run.Numbers(v.Softplus() - (-v).Softplus()), 1e-14);
        Assert.Equal(0.693147180559945, Run.Numbers(v.Softplus())[3], 1e-15);
        Run.Close(Run.Numbers(v.Sigmoid()), Run.Numbers(Gradient.Of(v.Softplus().Sum(), v)), 1e-15);
        Run.Close(Run.Numbers(v.Tanh()), Run.Numbers((2.0 * (2.0 * v).Sigmoid()) - 1.0), 1e-14);
    }

    /// <summary>A1.3.</summary>
    [Fact]
    public void Rectifiers_are_made_of_each_other()
    {
        Variable z = Wide(Points, 6);
        Run.Close(Run.Numbers(z.Abs()), Run.Numbers(z.Relu() + (-z).Relu()), 0);
        Run.Close(Run.Numbers(z.LeakyRelu(0.1)), Run.Numbers(z.Relu() + (0.1 * Ops.Min(z, 0.0))), 1e-15);
    }

    /// <summary>A1.3: ∂/∂a = min(0, z), and a slope for each channel.</summary>
    [Fact]
    public void A_parametric_rectifier_learns_its_slope()
    {
        var layer = new ParametricRelu(2);
        Variable x = Run.Tensor([-1, 2, 3, -4], 2, 2);
        Variable y = layer.Forward(x, new ForwardContext(Mode.Training));
        Run.Close([-0.25, 2, 3, -1], Run.Numbers(y), 1e-7);
        Run.Close([-1, -4], Run.Numbers(Gradient.Of(y.Sum(), layer.Slope.Variable)), 1e-7);
        Assert.Throws<ShapeException>(() => layer.Forward(Run.Tensor(new float[3], 1, 3), new ForwardContext(Mode.Training)));
        Assert.Equal(16, Run.Forward(new ParametricRelu(2), Mode.Inference, new float[16], 2, 2, 2, 2).Count);
    }

    /// <summary>A1.3: with one filter of zeros, maxout of two pieces is a rectifier, and the gradient goes to the greatest piece only.</summary>
    [Fact]
    public void Maxout_takes_the_greatest_piece()
    {
        var layer = new Maxout(2, 2, 2, random);
        layer.Weight.Value = Value.Of([1f, 0, -1, 0, 2, 0, 1, 0], 2, 4);
        Variable x = Run.Tensor([1, 1, -1, -2], 2, 2);
        Variable y = layer.Forward(x, new ForwardContext(Mode.Training));
        Run.Close([3, 0, 0, 0], Run.Numbers(y), 1e-6);
        var spread = new Maxout(1, 1, 3, random);
        spread.Weight.Value = Value.Of([1f, 2, 3], 1, 3);
        Variable greatest = spread.Forward(Run.Tensor([2], 1, 1), new ForwardContext(Mode.Training));
        Run.Close([0, 0, 2], Run.Numbers(Gradient.Of(greatest.Sum(), spread.Weight.Variable)), 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Maxout(1, 1, 0, random));
    }

    /// <summary>A1.4: k tangents of x² at the centres of equal cells miss it by at most 1/k².</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Maxout_of_tangents_is_off_by_one_over_k_squared(int k)
    {
        double[] centres = [.. Enumerable.Range(0, k).Select(i => -1 + ((2 * i) + 1.0) / k)];
        double[] x = [.. Enumerable.Range(0, 1025).Select(i => -1 + (i / 512.0))];
        var layer = new Maxout(1, 1, k, new RandomSource(1));
        layer.Weight.Value = Value.Of([.. centres.Select(c => (float)(2 * c))], 1, k);
        layer.Bias.Value = Value.Of([.. centres.Select(c => (float)(-c * c))], k);
        double[] y = Run.Numbers(Run.Forward(layer, Mode.Inference, [.. x.Select(v => (float)v)], 1025, 1));
        Assert.Equal(1.0 / (k * k), x.Zip(y, (a, b) => Math.Abs((a * a) - b)).Max(), 1e-6);
    }

    /// <summary>A1.5.</summary>
    [Fact]
    public void Radial_basis_units_have_the_gradients_of_their_formula()
    {
        double[] x = [0.3, -0.8], w = [1.1, 0.2];
        double s = 1.3, square = (0.8 * 0.8) + 1.0, h = Math.Exp(-square / (s * s));
        Variable input = Wide(x, 1, 2), templates = Wide(w, 1, 2), widths = Wide([s], 1);
        Variable y = RadialBasis.Apply(input, templates, widths).Sum();
        double[] byInput = [.. x.Zip(w, (a, b) => -2 * (a - b) * h / (s * s))];
        Assert.Equal(h, Run.Number(y), 1e-15);
        Run.Close(byInput, Run.Numbers(Gradient.Of(y, input)), 1e-14);
        Run.Close([.. byInput.Select(g => -g)], Run.Numbers(Gradient.Of(y, templates)), 1e-14);
        Run.Close([2 * square * h / (s * s * s)], Run.Numbers(Gradient.Of(y, widths)), 1e-14);
        Run.CheckGradients(v => RadialBasis.Apply(v, templates, widths), x, 1, 2);
        Assert.Equal([3, 5], Run.Forward(new RadialBasis(2, 5, random), Mode.Training, new float[6], 3, 2).Sizes.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RadialBasis(2, 5, random) { InitialWidth = 0 });
    }

    /// <summary>Where two pieces meet: the derivative where there is one, the slope below 0 where there is none; the rectifier is the one with 0.</summary>
    [Fact]
    public void Derivatives_at_zero_and_beside_it_are_those_of_the_formula()
    {
        double[] x = [0, -1e-3, 1e-3, -1e-7];
        Slopes(Activations.Elu, 1, Math.Exp(-1e-3), 1, Math.Exp(-1e-7));
        const double Scale = 1.0507009873554805, Below = Scale * 1.6732632423543772;
        Slopes(Activations.Selu, Below, Below * Math.Exp(-1e-3), Scale, Below * Math.Exp(-1e-7));
        Slopes(v => v.LeakyRelu(0.3), 0.3, 0.3, 1, 0.3);
        Slopes(v => v.Relu(), 0, 0, 1, 0);
        Slopes(v => Ops.Max(v, 0), 0, 0, 1, 0);
        Slopes(v => Ops.Max(Variable.Scalar(0, DType.Float64), v), 0, 0, 1, 0);
        Slopes(v => Ops.Min(v, 0), 0, 1, 0, 1);
        Slopes(v => Ops.Clip(v, 0, 6), 0, 0, 1, 0);
        Slopes(v => Ops.Clip(v, -6, 0), 0, 1, 0, 1);
        Slopes(v => Ops.Max(v, v), 1, 1, 1, 1);
        var learned = new ParametricRelu(1);
        Value slopes = Run.Forward(learned, Mode.Training, [0f, -2f, 3f], 3, 1);
        Assert.Equal([0f, -0.5f, 3f], slopes.ToArray<float>());
        Variable input = Run.Tensor([0f, -2f, 3f], 3, 1);
        Assert.Equal([0.25, 0.25, 1], Run.Numbers(Gradient.Of(learned.Forward(input, new ForwardContext(Mode.Training)).Sum(), input)));
        Run.Close([-1e-7], Run.Numbers(Activations.Elu(Run.Tensor([-1e-7f], 1))), 1e-14);
        Run.Close([-1e-7 * Below], Run.Numbers(Activations.Selu(Run.Tensor([-1e-7f], 1))), 1e-13);

        void Slopes(Func<Variable, Variable> function, params double[] expected)
        {
            Variable v = Wide(x, 4);
            Run.Close(expected, Run.Numbers(Gradient.Of(function(v).Sum(), v)), 1e-12);
        }
    }

    [Fact]
    public void A_factored_layer_has_n_plus_p_times_q_weights()
    {
        var layer = new LowRankDense(20, 30, 4, random);
        Assert.Equal(((20 + 30) * 4) + 30, layer.Parameters.Sum(p => p.Value.Count));
        Assert.Equal([2, 30], Run.Forward(layer, Mode.Training, new float[40], 2, 20).Sizes.ToArray());
    }

    private static Variable Wide(double[] content, params int[] sizes) => Variable.Of(Value.Of(content, sizes));
}
