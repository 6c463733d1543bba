using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Graph;

/// <summary>Sizes that depend on data: symbols that a result binds.</summary>
public sealed class DataSizedTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float32, ["batch", 3]);

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void Parts_are_joined_along_an_axis_that_they_have(int axis)
    {
        string message = Assert.Throws<ShapeException>(() => new Concat(axis).Apply(X, X)).Message;
        Assert.Equal($"Concat expects an axis of {X.Shape}, found {axis}.", message);
        Assert.Throws<ShapeException>(() => new Concat(axis).Apply(X));
    }

    [Fact]
    public void What_follows_has_sizes_that_the_data_give()
    {
        Variable places = new NonZero().Apply(X);
        Variable chosen = new GatherND().Apply(X, Ops.Transpose(places));
        Assert.Equal(places.Shape[1], chosen.Shape[0]);
        var signature = new Signature([X], [new Output("chosen", chosen * 2)]);
        Assert.Equal([4f, -6, 10], Interpreter.Run(signature, Value.Of([0f, 2, 0, -3, 5, 0], 2, 3))[0].ToArray<float>());
        Assert.Equal([0], Interpreter.Run(signature, Value.Zeros(DType.Float32, 4, 3))[0].Sizes.ToArray());
    }

    [Fact]
    public void Sizes_of_two_nodes_are_different()
    {
        Variable first = new NonZero().Apply(X), second = new NonZero().Apply(X * 2);
        Assert.NotEqual(first.Shape, second.Shape);
        Assert.Equal(Dim.Broadcast(first.Shape[1], second.Shape[1]), (first + second).Shape[1]);
        Variable shifted = new NonZero().Apply(X + 1);
        var signature = new Signature([X], [new Output("same", first + second), new Output("other", first + shifted)]);
        Value data = Value.Of([0f, 2, 0, -1, 5, 0], 2, 3);
        Assert.Contains("found", Assert.Throws<ShapeException>(() => Interpreter.Run(signature, data)).Message, StringComparison.Ordinal);
        Assert.Contains("found", Assert.Throws<ShapeException>(() => Function.Compile(signature).Run(data)).Message, StringComparison.Ordinal);
        Assert.Equal(first.Shape, (first + first).Shape);
        Assert.Equal([first.Shape[1].Symbol!], first.Producer!.Symbols);
    }

    [Fact]
    public void Gradients_go_through_shapes_of_data()
    {
        Variable x = Variable.Input("x", DType.Float64, ["batch", 2]), shape = Variable.Input("shape", DType.Int64, [3]), count = Variable.Input("count", DType.Int64, [1]);
        Variable indices = Variable.Input("i", DType.Int64, [2]);
        Variable y = new Reshape().Apply(x, shape);
        Variable wide = new Expand().Apply(y, Ops.Concat(0, Ops.Integers(4), shape)) * Variable.Scalar(0.5, DType.Float64);
        Variable picked = new GatherGradient(1).Apply(indices, x, count);
        Variable loss = Ops.Sum(wide.Square()) + Ops.Sum(picked.Square());
        var signature = new Signature([x, shape, count, indices], [new Output("g", Gradient.Of(loss, x)), new Output("picked", picked)]);
        Value data = Value.Of([1.0, 2, 3, 4, 5, 6], 3, 2);
        IReadOnlyList<Value> found = Interpreter.Run(signature, data, Value.Of([2L, 3, 1], 3), Value.Of([3L], 1), Value.Of([2L, 2], 2));
        Assert.Equal([3, 3], found[1].Sizes.ToArray());
        Assert.Equal([0, 0, 3, 0, 0, 7, 0, 0, 11], found[1].ToArray<double>());

        // 4 copies of (x/2)² and the sums (x₀ + x₁)²: 2x + 2(x₀ + x₁).
        Assert.Equal([8, 10, 20, 22, 32, 34], found[0].ToArray<double>());
    }

    [Fact]
    public void A_size_of_zero_is_said_where_the_data_have_another()
    {
        Variable empty = Variable.Input("x", DType.Float32, [0, 2]);
        Assert.Equal([3, 0], new Reshape(AllowZero: true).Apply(empty, Ops.Integers(3, 0)).Shape);
        Assert.Throws<ShapeException>(() => new Reshape().Apply(empty, Ops.Integers(3, 0)));
        Assert.Throws<ShapeException>(() => new Reshape().Apply(empty, Ops.Integers(0, 0, 0)));
        Assert.Equal([0, 2, 1], new Reshape().Apply(empty, Ops.Integers(0, 0, 1)).Shape);
    }

    [Fact]
    public void Numbers_of_elements_that_differ_are_found_when_the_shape_is_there()
    {
        Variable x = Variable.Input("x", DType.Float32, [6]), shape = Variable.Input("shape", DType.Int64, [2]);
        var signature = new Signature([x, shape], [new Output("y", new Reshape().Apply(x, shape))]);
        Assert.Equal([2, 3], Interpreter.Run(signature, Value.Zeros(DType.Float32, 6), Value.Of([2L, -1], 2))[0].Sizes.ToArray());
        Assert.Contains("[4, 2]", Assert.Throws<ShapeException>(() => Interpreter.Run(signature, Value.Zeros(DType.Float32, 6), Value.Of([4L, 2], 2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scalar_has_no_axes_to_index()
    {
        Variable scalar = Variable.Input("s", DType.Float64, []);
        var signature = new Signature([scalar], [new Output("places", new NonZero().Apply(scalar))]);
        Assert.Equal([0, 1], Interpreter.Run(signature, Value.Of(-2.0))[0].Sizes.ToArray());
        Assert.Equal([0, 0], Interpreter.Run(signature, Value.Of(-0.0))[0].Sizes.ToArray());
        Assert.Equal([0, 1], Interpreter.Run(signature, Value.Of(double.NaN))[0].Sizes.ToArray());
    }

    [Fact]
    public void A_symbol_of_data_is_no_size_of_an_input() =>
        Assert.Throws<ShapeException>(() => Variable.Input("y", DType.Float32, new NonZero().Apply(X).Shape));

    [Fact]
    public void That_no_content_is_known_is_found_once()
    {
        // Asked along every path, forty doublings would take a trillion questions.
        Variable sum = Variable.Input("n", DType.Int64, []);
        for (int i = 0; i < 40; i++)
        {
            sum += sum;
        }

        Assert.Null(sum.Content);
    }

    [Fact]
    public void Contents_are_known_through_any_number_of_nodes()
    {
        Variable size = Variable.Scalar(1, DType.Int64);
        for (int i = 0; i < 100_000; i++)
        {
            size += 1;
        }

        Assert.Equal(100_001, size.Content![0].Number);
    }

    [Fact]
    public void Bodies_follow_sizes_that_follow_from_those_of_data()
    {
        // The compiled graph binds symbols of its own, from which twice the number of places follows, and in the inner branch a bit more.
        Variable places = Ops.Cast(new NonZero().Apply(X), DType.Float32), twice = Ops.Concat(1, places, places);
        Variable y = Ops.If(
            Ops.Greater(Ops.Sum(twice), 1),
            [twice],
            a => [Ops.If(Ops.Greater(Ops.Sum(a[0]), 2), [Ops.Concat(1, a[0], a[0])], b => [b[0] * 2], b => [b[0]])[0]],
            a => [Ops.Concat(1, a[0], a[0])])[0];
        Variable counted = Ops.Loop(Variable.Of(Value.Of(2L)), null, [twice], (_, s) => (null, [Ops.Tanh(s[0])], [s[0] + 1])).Outputs[0];
        var signature = new Signature([X], [new Output("y", y), new Output("counted", counted)]);
        foreach (Value data in new[] { Value.Of([0f, 2, 0, -3, 5, 0], 2, 3), Value.Of([1f, 0, 0], 1, 3) })
        {
            IReadOnlyList<Value> expected = Interpreter.Run(signature, data), found = Function.Compile(signature).Run(data);
            Assert.All(expected.Zip(found), pair => Assert.True(pair.First.BitEquals(pair.Second)));
        }

        Assert.Equal([2, 12], Function.Compile(signature).Run(Value.Of([0f, 2, 0, -3, 5, 0], 2, 3))[0].Sizes.ToArray());
    }

    [Fact]
    public void A_shape_rule_sees_contents()
    {
        Variable sizes = Ops.Concat(0, new ShapeOf().Apply(X), Variable.Of(Value.Of([7L], 1)));
        var request = new InferRequest(new NonZero(), new Arguments(sizes, null, X));
        Assert.Equal(["batch", 3, 7], request.Content(0));
        Assert.Null(request.Content(1));
        Assert.Null(request.Content(2));
    }
}
