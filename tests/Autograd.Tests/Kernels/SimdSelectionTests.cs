using System.Numerics;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Kernels;

namespace Toolkit.Autograd.Tests.Kernels;

/// <summary>The greater and the less of two, where instructions differ in what they make of NaN and of the sign of zero.</summary>
public sealed unsafe class SimdSelectionTests
{
    [Fact]
    public void The_right_one_is_taken_where_neither_is_greater_or_less()
    {
        Check<float, Vector128<float>, Simd128<float>>();
        Check<float, Vector256<float>, Simd256<float>>();
        Check<float, Vector512<float>, Simd512<float>>();
        Check<double, Vector128<double>, Simd128<double>>();
        Check<double, Vector256<double>, Simd256<double>>();
        Check<double, Vector512<double>, Simd512<double>>();
    }

    [Fact]
    public void The_greatest_is_found_in_every_lane()
    {
        CheckGreatest<float, Vector128<float>, Simd128<float>>();
        CheckGreatest<float, Vector256<float>, Simd256<float>>();
        CheckGreatest<float, Vector512<float>, Simd512<float>>();
        CheckGreatest<double, Vector128<double>, Simd128<double>>();
        CheckGreatest<double, Vector256<double>, Simd256<double>>();
        CheckGreatest<double, Vector512<double>, Simd512<double>>();
    }

    private static void Check<T, TVector, TSimd>()
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        T[] values = [T.NaN, T.NegativeInfinity, -T.One, T.NegativeZero, T.Zero, T.One, T.PositiveInfinity];
        T* result = stackalloc T[TSimd.Count];
        foreach (T left in values)
        {
            foreach (T right in values)
            {
                TSimd.Store(TSimd.Greater(TSimd.Broadcast(left), TSimd.Broadcast(right)), result);
                Same(left > right ? left : right, result[TSimd.Count - 1]);
                TSimd.Store(TSimd.Less(TSimd.Broadcast(left), TSimd.Broadcast(right)), result);
                Same(left < right ? left : right, result[TSimd.Count - 1]);
            }
        }
    }

    private static void Same<T>(T expected, T found)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Assert.Equal(expected, found);
        Assert.True(T.IsNaN(expected) || T.IsNegative(expected) == T.IsNegative(found), $"Expected {expected}, found {found}.");
    }

    private static void CheckGreatest<T, TVector, TSimd>()
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        T* values = stackalloc T[TSimd.Count];
        for (int lane = 0; lane < TSimd.Count; lane++)
        {
            for (int i = 0; i < TSimd.Count; i++)
                values[i] = i == lane ? -T.One : T.CreateChecked(-2 - i);
            Assert.Equal(-T.One, TSimd.Greatest(TSimd.Load(values)));
        }
    }
}
