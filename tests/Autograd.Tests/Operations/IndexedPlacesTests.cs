using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Which places indices at both ends of their range address, and what the standard defines beyond them.</summary>
public sealed class IndexedPlacesTests
{
    private static readonly Value Rows = Value.Of([10.0, 11.0, 20.0, 21.0, 30.0, 31.0], 3, 2);

    [Theory]
    [InlineData(-3, 10.0)]
    [InlineData(-1, 30.0)]
    [InlineData(0, 10.0)]
    [InlineData(2, 30.0)]
    public void The_first_and_the_last_index_of_either_sign_are_taken(long index, double first)
    {
        Value one = Value.Of([index], 1), position = Value.Of([index, -2], 1, 2);
        Assert.Equal([first, first + 1], Of(new Gather(0), Rows, one).ToArray<double>());
        Assert.Equal([first], Of(new GatherND(), Rows, position).ToArray<double>());
        Value scattered = Of(new ScatterND(), Rows, position, Value.Of([-5.0], 1));
        int place = (int)(index < 0 ? index + 3 : index) * 2;
        Assert.Equal([.. Rows.ToArray<double>().Select((v, i) => i == place ? -5 : v)], scattered.ToArray<double>());
        Assert.Equal([.. Rows.ToArray<double>().Select((v, i) => i == place ? v - 5 : v)], Of(new ScatterND(ScatterReduction.Add), Rows, position, Value.Of([-5.0], 1)).ToArray<double>());
        Value gradient = Of(new GatherGradient(0), one, Value.Of([7.0, 8.0], 1, 2), Value.Of([3L], 1));
        Assert.Equal([.. Enumerable.Range(0, 6).Select(i => i == place ? 7.0 : i == place + 1 ? 8.0 : 0)], gradient.ToArray<double>());
    }

    /// <summary>The second axis of a position has the bounds of the second axis of the data.</summary>
    [Fact]
    public void A_position_is_checked_axis_by_axis()
    {
        string message = Assert.ThrowsAny<Exception>(() => Of(new GatherND(), Rows, Value.Of([0L, 2], 1, 2))).Message;
        Assert.Contains("between -2 and 1, found 2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_contents_are_indexed_within_their_bounds()
    {
        Variable shape = Variable.Of(Value.Of([4L, 5, 6], 3));
        Assert.Equal(["6", "4"], shape.Gather(Variable.Of(Value.Of([-1L, 0], 2))).Content!.Select(dim => dim.ToString()));
        Variable beyond = Variable.Of(Value.Of([3L], 1));
        Assert.Contains("between -3 and 2, found 3", Assert.ThrowsAny<Exception>(() => shape.Gather(beyond).Content).Message, StringComparison.Ordinal);
    }

    /// <summary>By the standard an index out of range has no 1.</summary>
    [Fact]
    public void A_vector_of_an_index_out_of_range_is_zero()
    {
        float[] found = Of(new OneHot(), Value.Of([-4L, -3, -1, 0, 2, 3], 6), Value.Of(3L), Value.Of([0f, 1f], 2)).ToArray<float>();
        Assert.Equal([0f, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0], found);
    }

    [Fact]
    public void A_loss_is_that_of_the_class_that_the_label_names()
    {
        Value losses = Of(new LogitCrossEntropy(), Value.Of([0.0, 0.0, 0.0, Math.Log(3)], 2, 2), Value.Of([0L, 1], 2));
        Assert.Equal(Math.Log(2), losses.ToArray<double>()[0], 1e-15);
        Assert.Equal(Math.Log(4.0 / 3), losses.ToArray<double>()[1], 1e-15);
    }

    /// <summary>The first result of an operation, of the compiled function and of the interpreter.</summary>
    private static Value Of(Operation operation, params Value[] inputs)
    {
        Variable[] variables = [.. inputs.Select((value, i) => Variable.Input($"x{i}", value.DType, [.. value.Sizes.ToArray().Select(size => (Dim)size)]))];
        Variable result = operation.ApplyAll(variables)[0];
        Value found = Function.Compile(variables, [result]).Run(inputs)[0];
        Assert.True(found.BitEquals(Interpreter.Run(new Signature(variables, [new Output("y", result)]), inputs)[0]));
        return found;
    }
}
