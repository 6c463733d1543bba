using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Graph;

/// <summary>What is known of shapes that a graph computes, and of sizes that a file leaves open.</summary>
public sealed class KnownShapesTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float32, ["batch", 1]);

    /// <summary>x.expand(-1, 3) as PyTorch writes it.</summary>
    [Fact]
    public void A_shape_in_which_minus_one_keeps_a_size_is_known()
    {
        Variable asked = Ops.Concat(0, Ops.Integers(-1), Ops.Integers(3));
        Variable ones = new ConstantOfShape().Apply(Ops.ShapeOf(asked), Variable.Of(Value.Of(1L)));
        Variable shape = Ops.Where(Ops.Equal(asked, ones * Ops.Integers(-1)), ones, asked);
        Assert.Equal(["batch", 3], new Expand().Apply(X, shape).Shape);
    }

    [Fact]
    public void Comparisons_and_rests_of_sizes_are_known_where_they_hold_for_every_size()
    {
        Variable batch = new ShapeOf(0, 1).Apply(X), twice = batch * Ops.Integers(2);
        Assert.Equal([0], Numbers(Ops.Equal(batch, Ops.Integers(-1))));
        Assert.Equal([1], Numbers(Ops.Greater(batch, Ops.Integers(-1))));
        Assert.Equal([1], Numbers(Ops.GreaterOrEqual(twice, batch)));
        Assert.Equal([1], Numbers(Ops.Equal(batch + batch, twice)));
        Assert.Equal([0], Numbers(new Mod().Apply(twice, Ops.Integers(2))));
        Assert.Equal([2], Numbers(new Mod().Apply(Ops.Integers(-4), Ops.Integers(3))));
        Assert.Null(Ops.Equal(batch, Ops.Integers(1)).Content);
        Assert.Null(Ops.Greater(twice, batch).Content);
        Assert.Equal(["batch"], new ReduceProd(KeepDims: false).Apply(Ops.ShapeOf(X)).Content!);
    }

    /// <summary>The shape of a layer normalization as the standard writes it out, with a negative axis: ones in the place of −axis sizes.</summary>
    [Fact]
    public void Signs_of_sizes_are_known()
    {
        Variable sizes = Ops.ShapeOf(X), count = Ops.Integers(-1) * new ShapeOf(0, 1).Apply(X);
        Assert.Equal(sizes.Content!, (-(-sizes)).Content!);
        Assert.Equal(["batch", 1], Ops.Abs(-sizes).Content!);
        Assert.Equal([3, 0, 4], Numbers(Ops.Abs(Ops.Integers(-3, 0, 4))));
        Assert.Equal([-1, 0, 1], Numbers(Ops.Sign(Ops.Integers(-3, 0, 4))));
        Assert.Equal([-1], Numbers(Ops.Sign(count - 1)));
        Assert.Null(Ops.Sign(count).Content);
        Variable ones = new ConstantOfShape().Apply(-Ops.Integers(-1), Variable.Of(Value.Of(1L)));
        Assert.Equal(["batch", 1], new Reshape().Apply(X, Ops.Concat(0, sizes.Slice(0, 0, 1), ones)).Shape);
    }

    /// <summary>One number stands beside each of several, on either side.</summary>
    [Fact]
    public void Numbers_and_sizes_broadcast_where_they_are_known()
    {
        Variable batch = new ShapeOf(0, 1).Apply(X), several = Ops.Integers(4, 6), one = Ops.Integers(2), scalar = Variable.Of(Value.Of(3L));
        Assert.Equal([8, 12], Numbers(several * one));
        Assert.Equal([8, 12], Numbers(one * several));
        Assert.Equal([7, 9], Numbers(several + scalar));
        Assert.Equal([-1, -3], Numbers(scalar - several));
        Assert.Equal([2, 3], Numbers(several / one));
        Assert.Equal(["batch", 7], (Ops.Concat(0, batch, Ops.Integers(5)) + Ops.Integers(0, 2)).Content!);
        Assert.Equal([4 * (Dim)"batch", 6 * (Dim)"batch"], (batch * several).Content!);
        Assert.Equal([2], Numbers(Ops.Integers(5) - scalar));
    }

    [Fact]
    public void Sizes_that_a_file_leaves_open_broadcast_when_they_are_bound()
    {
        Variable a = Variable.Input("a", DType.Float32, [Dim.Of(Symbol.Open("m"))]), b = Variable.Input("b", DType.Float32, [Dim.Of(Symbol.Open("n"))]);
        Variable product = a * b;
        Function function = Function.Compile([a, b], [product, Gradient.Of(Ops.Sum(product), a)]);
        Value[] wide = function.Run(Value.Of([1f, 2, 3], 3), Value.Of([10f], 1)), narrow = function.Run(Value.Of([2f], 1), Value.Of([1f, 2], 2));
        Assert.Equal([10f, 20, 30], wide[0].ToArray<float>());
        Assert.Equal([10f, 10, 10], wide[1].ToArray<float>());
        Assert.Equal([2f, 4], narrow[0].ToArray<float>());
        Assert.Equal([3f], narrow[1].ToArray<float>());
        Assert.Contains("found 3 and 2", Assert.Throws<ShapeException>(() => function.Run(Value.Zeros(DType.Float32, 3), Value.Zeros(DType.Float32, 2))).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => X * Variable.Input("y", DType.Float32, ["time", 1]));
    }

    /// <summary>The number of means is read from the shape of what is averaged, which has one more than a rounded quotient.</summary>
    [Fact]
    public void A_size_within_a_size_is_read_from_the_shape_that_it_makes()
    {
        Variable x = Variable.Input("x", DType.Float64, ["batch", 1, "height", "width"]), w = Variable.Input("w", DType.Float64, [1, 1, 2, 2]);
        var options = new ConvolutionOptions { Strides = [2, 3], Pads = [1, 0, 0, 0] };
        Value image = Value.Of([.. Enumerable.Range(0, 60).Select(i => Math.Sin(i))], 2, 1, 5, 6), weights = Value.Of([0.5, -1, 2, 0.25], 1, 1, 2, 2);
        double[] Run(Variable input)
        {
            Variable mean = Ops.Mean(Ops.Conv(Ops.Conv(input, w, options), w, options));
            return [.. Function.Compile([input, w], [mean, .. Gradient.Of(mean, [input, w])]).Run(image, weights).SelectMany(value => value.ToArray<double>())];
        }

        Assert.Equal(Run(Variable.Input("x", DType.Float64, [2, 1, 5, 6])), Run(x));
    }

    private static long[] Numbers(Variable known) => [.. known.Content!.Select(dim => dim.Number)];
}
