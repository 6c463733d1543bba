using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>Windows of pooling that stand side by side in a vector.</summary>
internal unsafe interface IWindows<TVector>
{
    /// <summary>Every second number from the first on; what lies behind the last one is not read.</summary>
    static abstract TVector Even(float* x);
}

/// <summary>Four windows.</summary>
internal readonly unsafe struct Four : IWindows<Vector128<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Even(float* x)
    {
        Vector128<float> low = Vector128.Load(x), high = Vector128.Load(x + 3);
        if (Sse.IsSupported)
            return Sse.Shuffle(low, high, 0b11_01_10_00);
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.UnzipEven(low, AdvSimd.ExtractVector128(high, high, 1));
        return Vector128.Create(low[0], low[2], high[1], high[3]);
    }
}

/// <summary>Eight windows.</summary>
internal readonly unsafe struct Eight : IWindows<Vector256<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Even(float* x) => Vector256.Create(Four.Even(x), Four.Even(x + 8));
}

/// <summary>Sixteen windows.</summary>
internal readonly unsafe struct Sixteen : IWindows<Vector512<float>>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Even(float* x)
    {
        if (!Avx512F.IsSupported)
            return Vector512.Create(Eight.Even(x), Eight.Even(x + 16));
        Vector512<int> places = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31);
        return Avx512F.PermuteVar16x32x2(Vector512.Load(x), places, Vector512.Load(x + 15));
    }
}
