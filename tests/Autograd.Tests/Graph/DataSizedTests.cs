using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Graph;

/// <summary>Sizes that depend on data: symbols that a result binds.</summary>
public sealed class DataSizedTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float32, ["batch", 3]);

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
        Assert.Throws<ShapeException>(() => first + second);
        Assert.Equal(first.Shape, (first + first).Shape);
        Assert.Equal([first.Shape[1].Symbol!], first.Producer!.Symbols);
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
    public void A_shape_rule_sees_contents()
    {
        Variable sizes = Ops.Concat(0, new Toolkit.Autograd.Operations.Shaping.ShapeOf().Apply(X), Variable.Of(Value.Of([7L], 1)));
        var request = new InferRequest(new NonZero(), new Arguments(sizes, null, X));
        Assert.Equal(["batch", 3, 7], request.Content(0));
        Assert.Null(request.Content(1));
        Assert.Null(request.Content(2));
    }
}
