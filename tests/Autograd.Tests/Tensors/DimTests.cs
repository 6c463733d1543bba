using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Tensors;

public sealed class DimTests
{
    [Fact]
    public void Polynomials_are_equal_whatever_the_order_in_which_they_arise()
    {
        Dim batch = "batch";
        Dim time = "time";
        Assert.Equal((batch * 7) + time, time + (7 * batch));
        Assert.Equal(batch * time, time * batch);
        Assert.Equal((batch + 1) * 2, (2 * batch) + 2);
        Assert.NotEqual(batch, time);
        Assert.Equal(Dim.Of(0), batch - batch);
        Assert.Equal("7·batch + 1", ((batch * 7) + 1).ToString());
    }

    [Fact]
    public void Division_succeeds_only_when_it_is_exact()
    {
        Dim batch = "batch";
        Assert.True((batch * 12).TryDivide(4, out Dim quotient));
        Assert.Equal(batch * 3, quotient);
        Assert.False((batch * 3).TryDivide(2, out _));
        Assert.True((batch * 3).TryDivide(batch, out Dim three));
        Assert.Equal(3, three.Size);
    }

    [Fact]
    public void Evaluation_needs_every_symbol()
    {
        Dim dim = (Dim.Named("batch") * 3) + 2;
        Assert.Equal(14, dim.Evaluate(new Dictionary<string, int> { ["batch"] = 4 }));
        Assert.Throws<ShapeException>(() => dim.Evaluate(new Dictionary<string, int>()));
        Assert.Throws<ShapeException>(() => dim.Size);
    }
}
