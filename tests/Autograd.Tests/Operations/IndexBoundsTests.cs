using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Indices at both ends of their range, and the first ones beyond: an error that names the index and the bounds, or what the standard defines.</summary>
public sealed class IndexBoundsTests
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
        Assert.Equal([.. Rows.ToArray<double>().Select((v, i) => i == place ? v - 5 : v)], Of(new ScatterND(Add: true), Rows, position, Value.Of([-5.0], 1)).ToArray<double>());
        Value gradient = Of(new GatherGradient(0, [3, 2]), one, Value.Of([7.0, 8.0], 1, 2));
        Assert.Equal([.. Enumerable.Range(0, 6).Select(i => i == place ? 7.0 : i == place + 1 ? 8.0 : 0)], gradient.ToArray<double>());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-4)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void An_index_beyond_the_bounds_is_named_with_them(long index)
    {
        Value one = Value.Of([0, index], 2), position = Value.Of([index, 0], 1, 2);
        Refused("Gather", () => Of(new Gather(0), Rows, one));
        Refused("GatherND", () => Of(new GatherND(), Rows, position));
        Refused("ScatterND", () => Of(new ScatterND(), Rows, position, Value.Of([1.0], 1)));
        Refused("ScatterND", () => Of(new ScatterND(Add: true), Rows, position, Value.Of([1.0], 1)));
        Refused("GatherGradient", () => Of(new GatherGradient(0, [3, 2]), one, Value.Of([1.0, 1.0, 1.0, 1.0], 2, 2)));

        void Refused(string operation, Action run)
        {
            string message = Assert.ThrowsAny<Exception>(run).Message;
            Assert.Contains($"{operation} expects indices between -3 and 2, found {index}", message, StringComparison.Ordinal);
        }
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
        float[] found = Of(new OneHot(3), Value.Of([-4L, -3, -1, 0, 2, 3], 6)).ToArray<float>();
        Assert.Equal([0f, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0], found);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(long.MaxValue)]
    public void A_label_that_is_no_class_is_named_with_its_row(long label)
    {
        string message = Assert.ThrowsAny<Exception>(() => Of(new SoftmaxCrossEntropyLoss(), Rows, Value.Of([1, label, 0], 3))).Message;
        Assert.Contains($"labels from 0 to 1, found {label} in row 1", message, StringComparison.Ordinal);
        Value losses = Of(new SoftmaxCrossEntropyLoss(), Value.Of([0.0, 0.0, 0.0, Math.Log(3)], 2, 2), Value.Of([0L, 1], 2));
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
