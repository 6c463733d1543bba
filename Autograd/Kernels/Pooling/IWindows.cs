using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>Windows of pooling that stand side by side in a vector.</summary>
internal unsafe interface IWindows<TVector>
{
    /// <summary>Every second number.</summary>
    static abstract TVector Even(float* x);

    /// <summary>The new maximum: the value where it is greater or the first NaN.</summary>
    static abstract TVector Greater(TVector value, TVector maximum);
}

/// <summary>Four windows.</summary>
internal readonly unsafe struct Four : IWindows<Vector128<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Even(float* x)
    {
        Vector128<float> low = Vector128.Load(x), high = Vector128.Load(x + 4);
        if (Sse.IsSupported)
            return Sse.Shuffle(low, high, 0b10_00_10_00);
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.UnzipEven(low, high);
        return Vector128.Create(low[0], low[2], high[0], high[2]);
    }

    public static Vector128<float> Greater(Vector128<float> value, Vector128<float> maximum) =>
        Vector128.ConditionalSelect(MaxPoolingRow.Exceeds(value, maximum), value, maximum);
}

/// <summary>Eight windows.</summary>
internal readonly unsafe struct Eight : IWindows<Vector256<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Even(float* x) => Vector256.Create(Four.Even(x), Four.Even(x + 8));

    public static Vector256<float> Greater(Vector256<float> value, Vector256<float> maximum) =>
        Vector256.ConditionalSelect(~Vector256.LessThanOrEqual(value, maximum) & Vector256.Equals(maximum, maximum), value, maximum);
}
