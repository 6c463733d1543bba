using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Of which sums the root has the slope 0 at 0: those of terms that are never negative and flat where they are 0.</summary>
public sealed class SquaresTests
{
    [Theory]
    [InlineData(2, true)]
    [InlineData(4, true)]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(-2, false)]
    [InlineData(0, false)]
    public void An_even_power_above_0_is_flat_at_0(double power, bool expected) => Assert.Equal(expected, Squares.IsSum(X.Pow(power).Sum()));

    /// <summary>|x| itself has a kink.</summary>
    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1.5, true)]
    [InlineData(1, false)]
    [InlineData(0.5, false)]
    public void A_power_above_1_of_an_absolute_value_is_flat_at_0(double power, bool expected) => Assert.Equal(expected, Squares.IsSum(Ops.Abs(X).Pow(power).Sum()));

    private static Variable X => Variable.Input("x", DType.Float64, [3]);
}
