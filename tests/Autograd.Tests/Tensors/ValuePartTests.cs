using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Tensors;

public sealed class ValuePartTests
{
    [Fact]
    public void A_part_lies_in_the_same_memory()
    {
        Value all = Value.Of([0f, 1f, 2f, 3f, 4f, 5f, 6f], 7);
        Value part = all.Part(1, 2, 3);
        Assert.Equal([2, 3], part.Sizes.ToArray());
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], part.ToArray<float>());
        part.Span<float>()[0] = 9f;
        all.Span<float>()[6] = 8f;
        Assert.Equal([0f, 9f, 2f, 3f, 4f, 5f, 8f], all.ToArray<float>());
        Assert.Equal(8f, part.Span<float>()[5]);
        Assert.Equal(8.0, all.Part(6).Scalar());
        Assert.Equal(8.0, part.Part(3, 3).Part(2).Scalar());
        Assert.Equal(0, all.Part(7, 0).Count);
    }

    [Fact]
    public void What_is_no_part_is_refused()
    {
        Value all = Value.Zeros(DType.Int16, 3, 4);
        Assert.Contains("at most 12 elements", Assert.Throws<ShapeException>(() => all.Part(10, 3)).Message);
        Assert.Throws<ShapeException>(() => all.Part(-1, 2));
        Assert.Throws<ShapeException>(() => all.Part(13, 0));
        Assert.Throws<DTypeException>(() => Value.Of(["a", "b"], 2).Part(0, 1));
    }
}
