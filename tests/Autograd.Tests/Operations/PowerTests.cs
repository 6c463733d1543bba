using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Powers with a constant exponent of 2 or 3, which are computed as products.</summary>
public sealed class PowerTests
{
    private static readonly float[] Bases = [-3.7f, -1, -0.0f, 0, 1e-30f, 0.3f, 1, 2.5f, 1e25f, float.NegativeInfinity, float.PositiveInfinity, float.NaN];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Squares_and_cubes_are_powers(int exponent)
    {
        Variable x = Variable.Input("x", DType.Float32, Shape.OfSizes([Bases.Length]));
        Function power = Function.Compile(new Signature([x], [new Output("y", Ops.Pow(x, Variable.Scalar(exponent, DType.Float32)))]));
        Value bases = Value.Of(Bases, Bases.Length), y = power.Run([bases])[0];
        Assert.Equal(exponent == 2 ? "Mul" : "Mul+Mul", Assert.Single(power.Profile([bases], 1).Steps).Name);
        for (int i = 0; i < Bases.Length; i++)
        {
            float expected = (float)Math.Pow(Bases[i], exponent);
            Assert.True(float.IsFinite(expected) ? Math.Abs(y[i] - expected) <= 2e-7 * Math.Abs(expected) : expected.Equals((float)y[i]), $"{Bases[i]}: {expected}, {y[i]}");
            Assert.True(float.IsNaN(expected) || float.IsNegative(expected) == double.IsNegative(y[i]), $"{Bases[i]}: {expected}, {y[i]}");
        }
    }

    [Fact]
    public void An_exponent_of_more_axes_still_gives_the_shape()
    {
        Variable x = Variable.Input("x", DType.Float32, Shape.OfSizes([2])), y = Ops.Pow(x, Variable.Of(Value.Of(new[] { 2f }, 1, 1)));
        Value square = Function.Compile(new Signature([x], [new Output("y", y)])).Run([Value.Of(new[] { 3f, -4f }, 2)])[0];
        Assert.Equal([1, 2], square.Sizes.ToArray());
        Assert.Equal([9f, 16f], square.Span<float>().ToArray());
    }
}
