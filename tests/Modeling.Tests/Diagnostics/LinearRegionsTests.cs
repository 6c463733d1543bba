using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Diagnostics;

public sealed class LinearRegionsTests
{
    /// <summary>Figure 6.5: each layer of 2·relu(x) − 4·relu(x − ½) doubles the pieces on [0, 1].</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 8)]
    [InlineData(6, 64)]
    public void Pieces_along_a_line_are_counted(int depth, int pieces)
    {
        Module[] layers = [new Activation(x => x), .. Enumerable.Range(0, depth).Select(_ => new Activation(x => (2.0 * x.Relu()) - (4.0 * (x - 0.5).Relu())))];
        Assert.Equal(pieces, LinearRegions.AlongLine(new Sequential(layers) { InputShape = [1] }, [0], [1]));
    }

    /// <summary>A layer of n rectifiers bends where a unit changes its sign between the ends.</summary>
    [Fact]
    public void One_layer_bends_once_for_each_unit_that_changes_sides()
    {
        var random = new RandomSource(5);
        var hidden = new Dense(3, 12, random) { Activation = Ops.Relu, BiasInitializer = new Toolkit.Modeling.Initializers.Normal(0.5) };
        var model = new Sequential(hidden, new Dense(12, 2, random));
        float[] from = [-1, 0.5f, 0.3f], to = [1, -0.7f, 0.8f];
        double[] Before(float[] x) => Run.Numbers(Run.Tensor(x, 1, 3).MatMul(hidden.Weight) + hidden.Bias!);
        int sides = Before(from).Zip(Before(to), (a, b) => a * b < 0 ? 1 : 0).Sum();
        Assert.True(sides > 3);
        Assert.Equal(sides + 1, LinearRegions.AlongLine(model, from, to));
        Assert.Contains("found 1", Assert.Throws<ArgumentException>(() => LinearRegions.AlongLine(model, [1], to)).Message, StringComparison.Ordinal);
    }

    /// <summary>A2.9: n lines in general position cut the plane into 1 + n + n(n − 1)/2 regions: 16 and 56.</summary>
    [Theory]
    [InlineData(5, 16)]
    [InlineData(10, 56)]
    public void A_layer_of_rectifiers_cuts_the_plane_like_lines(int units, int regions)
    {
        var random = new RandomSource(11);
        var hidden = new Dense(2, units, random) { Activation = Ops.Relu, BiasInitializer = new Toolkit.Modeling.Initializers.Normal(0.5) };
        var model = new Sequential(hidden, new Dense(units, 3, random));
        // Directions all round, so that no two lines meet far away.
        double[] angles = [.. Enumerable.Range(0, units).Select(i => Math.PI * i / units)];
        hidden.Weight.Value = Value.Of([.. angles.Select(a => (float)Math.Cos(a)), .. angles.Select(a => (float)Math.Sin(a))], 2, units);
        Assert.Equal(regions, LinearRegions.InPlane(model, [-20, -20], [40, 0], [0, 40]));
    }

    /// <summary>Figure 6.5: absolute values mirror the plane at both axes, and each layer folds it again: 4 regions, 16, 64, …</summary>
    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 16)]
    [InlineData(4, 256)]
    public void Absolute_values_fold_the_plane(int depth, int regions)
    {
        Module[] layers = [.. Enumerable.Range(1, depth).Select(l => new Activation(x => x.Abs() - Math.Pow(2, -l)))];
        var model = new Sequential(layers) { InputShape = [2] };
        Assert.Equal(regions, LinearRegions.InPlane(model, [-1, -1], [2, 0], [0, 2]));
        Assert.Equal(1 << depth, LinearRegions.AlongLine(model, [-1, 0.3f], [1, 0.3f]));
    }

    /// <summary>On a grid of points as many activation patterns are seen as there are regions that the grid can meet: at most so many, and nearly all.</summary>
    [Fact]
    public void Regions_of_a_deep_model_are_its_activation_patterns()
    {
        var random = new RandomSource(3);
        Dense first = new(2, 6, random) { BiasInitializer = new Toolkit.Modeling.Initializers.Normal(0.5) }, second = new(6, 6, random);
        var model = new Sequential(first, new Activation(Ops.Relu), second, new Activation(Ops.Relu), new Dense(6, 1, random));
        int regions = LinearRegions.InPlane(model, [-3, -3], [6, 0], [0, 6]);
        const int Grid = 400;
        float[] points = [.. Enumerable.Range(0, Grid * Grid).SelectMany(i => new[] { -3 + (6f * (i / Grid) / Grid), -3 + (6f * (i % Grid) / Grid) })];
        Toolkit.Autograd.Graph.Variable a = first.Forward(Run.Tensor(points, Grid * Grid, 2), new ForwardContext(Mode.Inference));
        double[] signs = Run.Numbers(Ops.Concat(1, a, second.Forward(a.Relu(), new ForwardContext(Mode.Inference))));
        int patterns = signs.Chunk(12).Select(row => string.Concat(row.Select(v => v > 0 ? '1' : '0'))).Distinct().Count();
        Assert.InRange(patterns, (int)(0.8 * regions), regions);
    }

    [Fact]
    public void Maxout_clipping_and_leaky_rectifiers_bend_and_smooth_units_are_refused()
    {
        // max(x, y, 0): three regions that meet in a point; clipping at ±1 in both directions: nine.
        var maxout = new Maxout(2, 1, 3, new RandomSource(1));
        maxout.Weight.Value = Value.Of([1f, 0, 0, 0, 1, 0], 2, 3);
        Assert.Equal(3, LinearRegions.InPlane(maxout, [-1, -1], [2, 0], [0, 2]));
        Assert.Equal(9, LinearRegions.InPlane(new Activation(Activations.HardTanh) { InputShape = [2] }, [-2, -2], [4, 0], [0, 4]));
        Assert.Equal(4, LinearRegions.InPlane(new Activation(x => x.LeakyRelu()) { InputShape = [2] }, [-1, -1], [2, 0], [0, 2]));
        Assert.Equal(4, LinearRegions.InPlane(new ParametricRelu(2) { InputShape = [2] }, [-1, -1], [2, 0], [0, 2]));
        Assert.Contains("not linear", Assert.Throws<GraphException>(
            () => LinearRegions.InPlane(new Activation(Ops.Tanh) { InputShape = [2] }, [-1, -1.5f], [2, 0], [0, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("found 1", Assert.Throws<ArgumentException>(() => LinearRegions.InPlane(maxout, [1], [2, 0], [0, 2])).Message, StringComparison.Ordinal);
    }
}
