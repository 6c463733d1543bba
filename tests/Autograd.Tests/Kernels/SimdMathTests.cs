using System.Runtime.Intrinsics;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

public class SimdMathTests
{
    [Fact]
    public void The_exponential_is_right_to_about_a_unit_in_the_last_place()
    {
        Random random = new(1);
        for (int i = 0; i < 200_000; i++)
        {
            float x = (float)((random.NextDouble() * 195) - 106);
            double want = Math.Exp(x);
            want = want > float.MaxValue ? double.PositiveInfinity : want;
            float got = SimdMath.Exp<float, Vector256<float>, Simd256<float>>(Vector256.Create(x))[0];
            Assert.True(Math.Abs(got - want) <= Math.Max(want * 1.2e-7, 1.5e-45) || got == want, $"exp({x}) = {got}, expected {want}");
            Assert.Equal(got, SimdMath.Exp<float, Vector128<float>, Simd128<float>>(Vector128.Create(x))[1]);
            Assert.Equal(got, SimdMath.Exp<float, Vector512<float>, Simd512<float>>(Vector512.Create(x))[2]);
            double y = (random.NextDouble() * 1460) - 750;
            want = Math.Exp(y);
            double got2 = SimdMath.Exp<double, Vector256<double>, Simd256<double>>(Vector256.Create(y))[0];
            Assert.True(Math.Abs(got2 - want) <= Math.Max(want * 4.5e-16, 5e-324) || got2 == want, $"exp({y}) = {got2}, expected {want}");
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(-1e30, 0)]
    [InlineData(1e30, double.PositiveInfinity)]
    public void The_exponential_of_special_values_is_exact(double x, double expected)
    {
        Assert.Equal((float)expected, SimdMath.Exp<float, Vector256<float>, Simd256<float>>(Vector256.Create((float)x))[0]);
        Assert.Equal(expected, SimdMath.Exp<double, Vector256<double>, Simd256<double>>(Vector256.Create(x))[3]);
    }
}
