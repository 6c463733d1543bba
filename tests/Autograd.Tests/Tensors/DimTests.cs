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

    [Fact]
    public void Symbols_of_users_are_equal_by_name_and_those_of_data_by_identity()
    {
        Dim named = "n";
        var (first, second) = (Dim.Of(Symbol.Fresh("n")), Dim.Of(Symbol.Fresh("n")));
        Assert.Equal(named, Dim.Named("n"));
        Assert.NotEqual(first, second);
        Assert.NotEqual(named, first);
        Assert.Equal(first * second, second * first);
        Assert.Equal(first * second * first, first * first * second);
        Assert.NotEqual(first * first, second * second);
        Assert.Equal(first + second, second + first);
        Assert.Equal(0, ((first * second) - (second * first)).Size);
        Assert.Equal(6, (first * second).Evaluate(new Dictionary<Symbol, int> { [first.Symbol!] = 2, [second.Symbol!] = 3 }));
        Assert.Throws<ShapeException>(() => first.Evaluate(new Dictionary<Symbol, int> { [second.Symbol!] = 3 }));
    }

    [Fact]
    public void What_has_broadcast_once_changes_nothing_if_it_broadcasts_again()
    {
        Dim time = "time", other = "other", both = Dim.Broadcast(time, Dim.Min(time, 512));
        Assert.Equal(both, Dim.Broadcast(both, time));
        Assert.Equal(both, Dim.Broadcast(time, both));
        Assert.Equal(Dim.Broadcast(both, other), Dim.Broadcast(Dim.Broadcast(other, time), both));
        Assert.NotEqual(both, Dim.Broadcast(both, other));
        Assert.Equal(7, Dim.Broadcast(both, time).Evaluate(new Dictionary<string, int> { ["time"] = 7 }));
        Assert.Throws<ShapeException>(() => Dim.Broadcast(both, time).Evaluate(new Dictionary<string, int> { ["time"] = 513 }));
    }

    [Theory]
    [InlineData(7, 2, 3)]
    [InlineData(-7, 2, -4)]
    [InlineData(-8, 2, -4)]
    [InlineData(7, -2, -4)]
    [InlineData(-7, -2, 3)]
    [InlineData(long.MaxValue, 2, 4611686018427387903)]
    public void Quotients_are_rounded_down_below_zero_too(long dividend, long divisor, long quotient)
    {
        Assert.Equal(quotient, Dim.OfNumber(dividend).FloorDivide(Dim.OfNumber(divisor)).Number);
        Dim n = "n";
        Assert.Equal(quotient, (n + Dim.OfNumber(dividend) - 1).FloorDivide(Dim.OfNumber(divisor)).Evaluate(_ => 1));
    }

    [Fact]
    public void The_smaller_and_the_greater_are_decided_where_the_signs_tell()
    {
        Dim batch = "batch", time = "time";
        Assert.Equal(batch, Dim.Min(batch, batch + time));
        Assert.Equal(batch + time, Dim.Max(batch, batch + time));
        Assert.Equal(3, Dim.Min(3, 5).Size);
        Assert.Equal(batch, Dim.Max(batch, 0));
        Dim least = Dim.Min(batch, time), most = Dim.Max(batch, 4);
        Assert.Equal(least, Dim.Min(time, batch));
        Assert.NotEqual(least, Dim.Max(batch, time));
        var sizes = new Dictionary<Symbol, int> { [batch.Symbol!] = 3, [time.Symbol!] = 2 };
        Assert.Equal((2, 4), (least.Evaluate(sizes), most.Evaluate(sizes)));
        Assert.Equal("min(batch, time)", least.ToString());
    }

    [Fact]
    public void Sizes_broadcast_where_they_are_equal_or_one()
    {
        Dim a = "a", b = "b";
        Assert.Equal(a, Dim.Broadcast(a, a));
        Assert.Equal(a, Dim.Broadcast(1, a));
        Assert.Equal(5, Dim.Broadcast(a, 5).Size);
        Assert.Throws<ShapeException>(() => Dim.Broadcast(4, 5));
        Dim both = Dim.Broadcast(a, b);
        Assert.Equal(both, Dim.Broadcast(b, a));
        int With(int x, int y) => both.Evaluate(new Dictionary<Symbol, int> { [a.Symbol!] = x, [b.Symbol!] = y });
        Assert.Equal((3, 3, 3, 0), (With(3, 3), With(1, 3), With(3, 1), With(0, 1)));
        Assert.Contains("found 2 and 3", Assert.Throws<ShapeException>(() => With(2, 3)).Message, StringComparison.Ordinal);
    }
}
