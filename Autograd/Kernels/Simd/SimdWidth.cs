using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>The vector width that a kernel uses. Every width runs on every machine; those without hardware run in software, slowly.</summary>
internal enum SimdWidth
{
    /// <summary>128-bit vectors (SSE, Arm Advanced SIMD).</summary>
    Vector128,

    /// <summary>256-bit vectors (AVX2).</summary>
    Vector256,

    /// <summary>512-bit vectors (AVX-512).</summary>
    Vector512,
}

/// <summary>What this machine has.</summary>
internal static class SimdWidths
{
    /// <summary>Gets the widest width with hardware.</summary>
    public static SimdWidth Best
    {
        // A constant at each place where it is read, when the code is compiled.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.IsHardwareAccelerated ? SimdWidth.Vector512 : Vector256.IsHardwareAccelerated ? SimdWidth.Vector256 : SimdWidth.Vector128;
    }

    /// <summary>The width whose code there is for one that is asked for: that one; in a native program the best one alone, which is known when it is compiled, so that the others take no room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdWidth Compiled(SimdWidth width) => RuntimeFeature.IsDynamicCodeSupported ? width : Best;

    /// <summary>The elements of a vector.</summary>
    public static int Lanes<T>(SimdWidth width)
        where T : unmanaged => width switch
        {
            SimdWidth.Vector512 => Vector512<T>.Count,
            SimdWidth.Vector256 => Vector256<T>.Count,
            _ => Vector128<T>.Count,
        };
}
