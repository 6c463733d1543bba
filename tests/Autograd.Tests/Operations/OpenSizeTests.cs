using Toolkit.Autograd.Checking;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Sizes that are called by different names and turn out to be the same, or not.</summary>
public sealed class OpenSizeTests
{
    private static readonly Variable Image = Variable.Input("x", DType.Float64, ["n", 2, "height", "width"]);
    private static readonly Variable Rows = Variable.Input("g", DType.Float64, ["n", 2, "rows", "columns"]);
    private static readonly Variable Weights = Variable.Input("w", DType.Float64, [2, 2, 3, 2]);

    private static readonly IntList Ones = [1, 1];
    private static readonly IntList Strides = [2, 1];
    private static readonly IntList Pads = [1, 0, 1, 1];

    public static TheoryData<string> Gradients => ["weights", "image", "maximum", "mean"];

    /// <summary>Of an image of 4 × 3 the gradient has 2 × 3; the derivatives are those of differences, to order 2.</summary>
    [Theory]
    [MemberData(nameof(Gradients))]
    public void A_gradient_whose_sizes_have_names_of_their_own_is_differentiated(string kind)
    {
        (Variable[] inputs, Variable y) = Applied(kind);
        IReadOnlyList<GradientComparison> found = new GradientCheck { Order = 2, Directions = 2 }.Compare(inputs, [Ops.Sin(y)], [.. inputs.Select(input => Numbers(input, 2))]);
        Assert.All(found, comparison => Assert.True(comparison.Agrees, $"{comparison}"));
        Assert.Contains(found, comparison => comparison.Order == 2 && Math.Abs(comparison.Derivative) > 1e-3);
    }

    /// <summary>What would otherwise be read from beside it.</summary>
    [Theory]
    [MemberData(nameof(Gradients))]
    public void A_gradient_of_another_size_than_the_result_is_refused_when_sizes_are_known(string kind)
    {
        (Variable[] inputs, Variable y) = Applied(kind);
        Value[] values = [.. inputs.Select(input => Numbers(input, 3))];
        Assert.Contains("expects a gradient of shape", Assert.Throws<ShapeException>(() => Interpreter.Run(new Signature(inputs, [new Output("y", y)]), values)).Message, StringComparison.Ordinal);
        Assert.Contains("expects a gradient of shape", Assert.Throws<ShapeException>(() => Function.Compile(inputs, [y]).Run(values)).Message, StringComparison.Ordinal);
    }

    /// <summary>The same for the kernels by minimal filtering, which 3 × 3 in float32 with many channels has: of 12 × 12 a gradient has as many, not 11 rows.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Minimal_filtering_refuses_a_gradient_of_another_size_as_well(bool ofWeights)
    {
        const int Channels = 32, Side = 12;
        Variable g = Variable.Input("g", DType.Float32, ["n", Channels, "rows", "columns"]);
        Variable other = ofWeights ? Variable.Input("x", DType.Float32, ["n", Channels, "height", "width"]) : Variable.Input("w", DType.Float32, [Channels, Channels, 3, 3]);
        IntList pads = [1, 1, 1, 1];
        Variable y = ofWeights ? new ConvWeightGradient(Ones, pads, Ones, 1).Apply(other, g, Ops.Integers(3, 3)) : new ConvInputGradient(Ones, pads, Ones, 1).Apply(g, other, Ops.Integers(Side, Side));
        Value known = ofWeights ? Randoms.Normal(1, 2, Channels, Side, Side) : Randoms.Normal(1, Channels, Channels, 3, 3);
        Function f = Function.Compile([g, other], [y]);
        Assert.Equal(ofWeights ? [Channels, Channels, 3, 3] : [2, Channels, Side, Side], f.Run(Randoms.Normal(2, 2, Channels, Side, Side), known)[0].Sizes.ToArray());
        Assert.Contains("expects a gradient of shape", Assert.Throws<ShapeException>(() => f.Run(Randoms.Normal(2, 2, Channels, Side - 1, Side), known)).Message, StringComparison.Ordinal);
    }

    /// <summary>Three of five columns are taken; two and one are the parts. Every derivative is that of differences.</summary>
    [Fact]
    public void Uneven_parts_of_an_axis_that_depends_on_data_are_differentiated()
    {
        Variable x = Variable.Input("x", DType.Float64, ["n", 5]), taken = Variable.Input("taken", DType.Bool, [5]);
        Variable columns = new Squeeze().Apply(new NonZero().Apply(taken), Ops.Integers(0));
        IReadOnlyList<Variable> parts = new Split(1, 2).ApplyAll(Ops.Gather(x, columns, 1));
        Variable[] outputs = [Ops.Sin(parts[0]), parts[1] * parts[1]];
        Value[] values = [Value.Of([.. Enumerable.Range(0, 10).Select(i => Math.Sin(i + 1.0))], 2, 5), Value.Of([true, false, true, true, false], 5)];

        IReadOnlyList<GradientComparison> found = new GradientCheck { Order = 2 }.Compare([x, taken], outputs, values, [x]);
        Assert.All(found, comparison => Assert.True(comparison.Agrees, $"{comparison}"));
        Value gradient = Function.Compile([x, taken], [Toolkit.Autograd.Gradients.Gradient.Of(Ops.Sum(outputs[0]) + Ops.Sum(outputs[1]), x)]).Run(values)[0];
        Assert.Equal([2, 5], gradient.Sizes.ToArray());
        for (int i = 0; i < 10; i++)
        {
            double at = values[0][i];
            Assert.Equal((i % 5) switch { 0 or 2 => Math.Cos(at), 3 => 2 * at, _ => 0 }, gradient[i], 1e-14);
        }
    }

    [Fact]
    public void A_shape_of_other_names_is_taken_and_its_number_of_elements_compared_when_it_is_known()
    {
        Variable x = Variable.Input("x", DType.Float64, ["a", 2]), like = Variable.Input("like", DType.Float64, ["b", 2]);
        Function f = Function.Compile([x, like], [Ops.ReshapeLike(x, like) * like]);
        Assert.Equal([5, 12, 21, 32], f.Run(Value.Of([1.0, 2, 3, 4], 2, 2), Value.Of([5.0, 6, 7, 8], 2, 2))[0].Span<double>().ToArray());
        Assert.Throws<ShapeException>(() => f.Run(Value.Of([1.0, 2, 3, 4], 2, 2), Value.Of([5.0, 6], 1, 2)));
    }

    [Fact]
    public void A_shape_that_differs_whatever_the_sizes_are_is_refused_at_once()
    {
        Variable x = Variable.Input("x", DType.Float64, ["a", 2]);
        Assert.Throws<ShapeException>(() => Ops.ReshapeLike(x, Variable.Input("like", DType.Float64, ["a", 3])));
        Assert.Throws<ShapeException>(() => Ops.ReshapeLike(x, Ops.Concat(0, x, Variable.Input("row", DType.Float64, [1, 2]))));
    }

    /// <summary>They broadcast to x, not x to them.</summary>
    [Fact]
    public void A_scale_greater_than_what_is_normalized_is_refused()
    {
        Variable x = Variable.Input("x", DType.Float64, [4, 1]), open = Variable.Input("x", DType.Float64, [4, "width"]), scale = Variable.Input("scale", DType.Float64, [2]);
        Assert.Contains("LayerNormalization expects a scale", Assert.Throws<ShapeException>(() => new LayerNormalization(Stash: DType.Float64).Apply(x, scale)).Message, StringComparison.Ordinal);
        Assert.Contains("RMSNormalization expects a scale", Assert.Throws<ShapeException>(() => new RMSNormalization(Stash: DType.Float64).Apply(x, scale)).Message, StringComparison.Ordinal);
        Variable depends = Ops.Gather(scale, new Squeeze().Apply(new NonZero().Apply(Ops.Greater(scale, 0)), Ops.Integers(0)));
        Function f = Function.Compile([open, scale], [new LayerNormalization(Stash: DType.Float64).Apply(open, depends)]);
        Value one = Value.Of([1.0, 2, 3, 4], 4, 1);
        Assert.Equal([4, 1], f.Run(one, Value.Of([-1.0, 3], 2))[0].Sizes.ToArray());
        Assert.Throws<ShapeException>(() => f.Run(one, Value.Of([1.0, 3], 2)));
    }

    private static (Variable[] Inputs, Variable Y) Applied(string kind) => kind switch
    {
        "weights" => ([Image, Rows], new ConvWeightGradient(Strides, Pads, Ones, 1).Apply(Image, Rows, Ops.Integers(3, 2))),
        "image" => ([Rows, Weights], new ConvInputGradient(Strides, Pads, Ones, 1).Apply(Rows, Weights, Ops.Integers(4, 3))),
        "maximum" => ([Image, Rows], new MaxPoolGradient([3, 2], Strides, Pads, Ones).Apply(Image, Rows)),
        _ => ([Rows], new AveragePoolGradient([3, 2], Strides, Pads, Ones).Apply(Rows, Ops.Integers(4, 3))),
    };

    /// <summary>Numbers without a pattern: an image of 4 × 3, a gradient of as many rows as asked and three columns.</summary>
    private static Value Numbers(Variable variable, int rows)
    {
        int[] sizes = variable.Name == "w" ? [2, 2, 3, 2] : variable.Name == "x" ? [2, 2, 4, 3] : [2, 2, rows, 3];
        return Value.Of([.. Enumerable.Range(0, Value.CountOf(sizes)).Select(i => Math.Sin((i * i) + variable.Name!.Length + 0.5))], sizes);
    }
}
