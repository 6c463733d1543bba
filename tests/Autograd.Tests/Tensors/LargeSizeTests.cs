using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Tensors;

/// <summary>A tensor has up to 2³¹ − 1 elements of any type; what has more is refused with its size and what to do.</summary>
[Collection(nameof(Alone))]
public sealed class LargeSizeTests
{
    [Theory]
    [InlineData(new[] { 65536, 65536 }, "4294967296")]
    [InlineData(new[] { int.MaxValue, int.MaxValue, int.MaxValue }, "9903520300447984150353281023")]
    [InlineData(new[] { 1 << 30, 2 }, "2147483648")]
    public void A_tensor_with_more_elements_is_refused_with_its_size(int[] sizes, string size)
    {
        string message = Assert.Throws<SizeException>(() => Value.Zeros(DType.Float32, sizes)).Message;
        Assert.Contains("2147483647", message, StringComparison.Ordinal);
        Assert.Contains(size, message, StringComparison.Ordinal);
        Assert.Contains("smaller batches", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_without_elements_may_have_any_sizes()
    {
        Assert.Equal(0, Value.Zeros(DType.Float32, int.MaxValue, int.MaxValue, 0).Count);
    }

    [Fact]
    public void A_negative_size_is_refused()
    {
        Assert.Throws<ShapeException>(() => Value.Zeros(DType.Float32, -2, -2));
        Assert.Throws<ShapeException>(() => Value.Zeros(DType.Float32, -1));
    }

    [Fact]
    public void An_intermediate_result_with_more_elements_is_refused_with_its_size()
    {
        // The outer product of two vectors of 65,536 numbers has 2³² elements.
        Variable x = Variable.Input("x", DType.Float32, ["n"]), y = Variable.Input("y", DType.Float32, ["n"]);
        Variable outer = Ops.MatMul(Ops.Reshape(x, ["n", 1]), Ops.Reshape(y, [1, "n"]));
        Function function = Function.Compile(new Signature([x, y], [new Output("sum", Ops.Sum(Ops.Exp(outer)))]));
        Value value = Value.Zeros(DType.Float32, 65536);
        string message = Assert.Throws<SizeException>(() => function.Run(value, value)).Message;
        Assert.Contains("smaller batches", message, StringComparison.Ordinal);
        Assert.Contains("4294967296", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_beyond_two_gigabytes_are_copied_and_compared_to_their_end()
    {
        Memory.Require(4.5);
        Value value = Value.Zeros(DType.Float32, (1 << 29) + 64);
        value.Span<float>()[^1] = 3;
        Value copy = value.Clone();
        Assert.Equal(3f, copy.Span<float>()[^1]);
        Assert.True(copy.BitEquals(value));
        copy.Span<float>()[^1] = 4;
        Assert.False(copy.BitEquals(value));
    }

    /// <summary>Only what is read or written takes memory.</summary>
    [Fact]
    public void Bytes_beyond_four_gigabytes_are_reached_piece_by_piece()
    {
        const int Count = (1 << 30) + 64;
        Value value = Value.Zeros(DType.Float32, Count);
        value.Span<float>()[^1] = 4;
        Assert.Equal(4f, value.Reshape(64, (1 << 24) + 1).Span<float>()[^1]);
        Assert.Equal(4f, BitConverter.ToSingle(value.BytesFrom(4L * (Count - 1))));
        Assert.Contains($"{4L * Count}", Assert.Throws<SizeException>(() => value.Bytes.Length).Message, StringComparison.Ordinal);
        Assert.Equal(7, value.BytesFrom(value.ByteCount - 7).Length);
        Assert.Equal(int.MaxValue, value.BytesFrom(0).Length);
    }

    [Fact]
    public void A_stretch_of_elements_is_copied_within_both_values_only()
    {
        Value from = Value.Of([1f, 2f, 3f, 4f], 4), to = Value.Zeros(DType.Float32, 2, 3);
        to.CopyElements(from, 1, 3, 3);
        Assert.Equal([0, 0, 0, 2, 3, 4], to.ToArray<float>());
        Assert.Throws<ShapeException>(() => to.CopyElements(from, 2, 0, 3));
        Assert.Throws<ShapeException>(() => to.CopyElements(from, 0, 4, 3));
        Assert.Throws<ShapeException>(() => to.CopyElements(from, -1, 0, 1));
        Assert.Throws<DTypeException>(() => to.CopyElements(Value.Zeros(DType.Int32, 4), 0, 0, 1));
        Assert.Equal([0, 0, 0, 2, 3, 4], to.ToArray<float>());
    }

    [Fact]
    public void Products_of_dimensions_beyond_64_bits_are_refused()
    {
        Dim large = Dim.Of(int.MaxValue);
        Assert.Throws<SizeException>(() => (large * large).Size);
        Assert.Throws<SizeException>(() => large * large * large);
        Dim symbols = Dim.Named("a") * Dim.Named("b") * Dim.Named("c");
        Assert.Throws<SizeException>(() => symbols.Evaluate(new Dictionary<string, int> { ["a"] = int.MaxValue, ["b"] = int.MaxValue, ["c"] = int.MaxValue }));
        Assert.Throws<ShapeException>(() => symbols.Evaluate(new Dictionary<string, int> { ["a"] = int.MaxValue, ["b"] = 2, ["c"] = 1 }));
    }
}
