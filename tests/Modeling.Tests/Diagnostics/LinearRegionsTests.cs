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
}
