using System.Numerics;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>Softmax and its logarithm over the middle axis of [outer, axis, inner]. T is float or double.</summary>
/// <remarks>
/// softmax(x)ᵢ = exp(xᵢ − m) / Σⱼ exp(xⱼ − m), log softmax(x)ᵢ = xᵢ − m − ln Σⱼ exp(xⱼ − m), m = maxⱼ xⱼ: no overflow for finite x.
/// A line with NaN or +∞, or of −∞ alone, is NaN throughout (∞ − ∞), as in ONNX Runtime.
/// </remarks>
internal static unsafe class Softmax
{
    /// <summary>y = softmax(x).</summary>
    public static void Forward<T>(ReadOnlySpan<T> x, int outer, int axis, int inner, Span<T> y, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T> => Run(x, outer, axis, inner, y, logarithm: false, workers);

    /// <summary>y = ln softmax(x).</summary>
    public static void LogForward<T>(ReadOnlySpan<T> x, int outer, int axis, int inner, Span<T> y, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T> => Run(x, outer, axis, inner, y, logarithm: true, workers);

    private static void Run<T>(ReadOnlySpan<T> x, int outer, int axis, int inner, Span<T> y, bool logarithm, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long count = (long)outer * axis * inner;
        if (x.Length < count || y.Length < count)
            throw new ArgumentException($"Softmax over [{outer}, {axis}, {inner}] needs {count} values; the spans have {x.Length} and {y.Length}.");
        if (count == 0)
            return;
        fixed (T* px = x, py = y)
        {
            if (Vector512.IsHardwareAccelerated)
                SoftmaxJob<T, Vector512<T>, Simd512<T>>.Run(px, outer, axis, inner, py, logarithm, workers);
            else if (Vector256.IsHardwareAccelerated)
                SoftmaxJob<T, Vector256<T>, Simd256<T>>.Run(px, outer, axis, inner, py, logarithm, workers);
            else
                SoftmaxJob<T, Vector128<T>, Simd128<T>>.Run(px, outer, axis, inner, py, logarithm, workers);
        }
    }
}
