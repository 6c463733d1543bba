using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Tensors;

/// <summary>What is too large for the engine is refused with its size and what to do.</summary>
public sealed class LargeSizeTests
{
    [Theory]
    [InlineData(new[] { 65536, 65536 }, "4294967296")]
    [InlineData(new[] { int.MaxValue, int.MaxValue, int.MaxValue }, "9903520300447984150353281023")]
    [InlineData(new[] { 1 << 30 }, "4294967296")]
    [InlineData(new[] { int.MaxValue }, "8589934588")]
    public void A_tensor_beyond_two_gigabytes_is_refused_with_its_size(int[] sizes, string size)
    {
        string message = Assert.Throws<SizeException>(() => Value.Zeros(DType.Float32, sizes)).Message;
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
    public void Intermediate_results_beyond_two_gigabytes_are_refused_with_their_size()
    {
        // The outer product of two vectors of 32,768 numbers takes 4 GiB.
        Variable x = Variable.Input("x", DType.Float32, ["n"]), y = Variable.Input("y", DType.Float32, ["n"]);
        Variable outer = Ops.MatMul(Ops.Reshape(x, ["n", 1]), Ops.Reshape(y, [1, "n"]));
        Function function = Function.Compile(new Signature([x, y], [new Output("sum", Ops.Sum(Ops.Exp(outer)))]));
        Value value = Value.Zeros(DType.Float32, 32768);
        string message = Assert.Throws<SizeException>(() => function.Run(value, value)).Message;
        Assert.Contains("smaller batches", message, StringComparison.Ordinal);
        Assert.Matches("found [0-9]{10}", message);
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
