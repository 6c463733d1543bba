using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Graph;

public sealed class FiniteTests
{
    /// <summary>Whichever element of whichever length is not finite, it is found; large finite numbers are not taken for it.</summary>
    [Fact]
    public void Every_element_is_looked_at()
    {
        for (int length = 1; length < 70; length++)
        {
            Value value = Value.Full(float.MaxValue, DType.Float32, length), wide = Value.Full(-double.MaxValue, DType.Float64, length);
            Assert.True(Finite.All(value) && Finite.All(wide));
            for (int at = 0; at < length; at++)
            {
                foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
                {
                    value.Span<float>()[at] = bad;
                    wide.Span<double>()[at] = bad;
                    Assert.False(Finite.All(value) || Finite.All(wide));
                    Assert.Contains($"element {at} of", Finite.Fault("w", value), StringComparison.Ordinal);
                }

                value.Span<float>()[at] = float.MinValue;
                wide.Span<double>()[at] = double.MaxValue;
            }
        }
    }

    [Fact]
    public void The_first_parameter_that_is_not_finite_is_named()
    {
        Parameter good = new("good", Value.Of(1L)), bad = new("bad", Value.Of([1.0, double.NaN], 2));
        Assert.Null(Finite.Fault([good]));
        Assert.Equal("\"bad\" holds NaN (element 1 of 2)", Finite.Fault([good, bad]));
    }
}
