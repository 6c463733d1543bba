using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>Sums of products of quantized numbers as quantized numbers: round(sum·scale) + zero point, the even number at a tie, saturated. One job does some planes, each with one scale.</summary>
internal unsafe struct Requantization : IJob
{
    // Below this many elements per part, handing it over costs more than it saves.
    private const int SmallestPart = 16 * 1024;

    private int* sums;
    private byte* to;
    private float* scales;
    private int channels;
    private int planes;
    private int plane;
    private int parts;
    private float zero;
    private float low;
    private float high;

    /// <summary>Quantizes all planes.</summary>
    /// <param name="sums">The sums, [images, channels, plane].</param>
    /// <param name="scales">A factor for each channel.</param>
    /// <param name="zero">The zero point of the result.</param>
    /// <param name="isSigned">Whether the result is int8; uint8 otherwise.</param>
    /// <param name="planes">The planes of all images.</param>
    /// <param name="to">The result.</param>
    /// <param name="workers">The threads.</param>
    public static void Run(ReadOnlySpan<int> sums, ReadOnlySpan<float> scales, int zero, bool isSigned, int planes, Span<byte> to, Workers workers)
    {
        if (planes == 0)
            return;
        int parts = Math.Clamp(sums.Length / SmallestPart, 1, Math.Min(planes, workers.Threads == 1 ? 1 : 4 * workers.Threads));
        fixed (int* from = sums)
        fixed (byte* target = to)
        fixed (float* factors = scales)
        {
            workers.For(
                parts,
                new Requantization
                {
                    sums = from,
                    to = target,
                    scales = factors,
                    channels = scales.Length,
                    planes = planes,
                    plane = sums.Length / planes,
                    parts = parts,
                    zero = zero,
                    low = isSigned ? sbyte.MinValue : byte.MinValue,
                    high = isSigned ? sbyte.MaxValue : byte.MaxValue,
                });
        }
    }

    public readonly void Execute(int index, int participant)
    {
        for (int i = (int)((long)index * planes / parts); i < (int)((long)(index + 1) * planes / parts); i++)
            Plane(sums + ((nint)i * plane), scales[i % channels], to + ((nint)i * plane));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Plane(int* from, float scale, byte* target)
    {
        int i = 0;

        // What is infinite times 0 is no number, and becomes 0: one by one.
        bool isFinite = float.IsFinite(scale);
        if (Avx512F.IsSupported && isFinite)
        {
            Vector512<float> factor = Vector512.Create(scale), offset = Vector512.Create(zero), least = Vector512.Create(low), most = Vector512.Create(high);
            for (; i <= plane - Vector512<int>.Count; i += Vector512<int>.Count)
            {
                Vector512<float> x = Vector512.Round(Vector512.ConvertToSingle(Vector512.Load(from + i)) * factor) + offset;
                Avx512F.ConvertToVector128Byte(Vector512.ConvertToInt32Native(Vector512.MinNative(Vector512.MaxNative(x, least), most))).Store(target + i);
            }
        }
        else if (Vector256.IsHardwareAccelerated && isFinite)
        {
            for (; i <= plane - (2 * Vector256<int>.Count); i += 2 * Vector256<int>.Count)
            {
                Vector256<short> x = Vector256.Narrow(Quantized(Vector256.Load(from + i), scale), Quantized(Vector256.Load(from + i + Vector256<int>.Count), scale));
                Vector128.Narrow(x.GetLower(), x.GetUpper()).AsByte().Store(target + i);
            }
        }
        else if (isFinite)
        {
            for (; i <= plane - (4 * Vector128<int>.Count); i += 4 * Vector128<int>.Count)
            {
                Vector128<short> x = Vector128.Narrow(Quantized(Vector128.Load(from + i), scale), Quantized(Vector128.Load(from + i + 4), scale));
                Vector128<short> y = Vector128.Narrow(Quantized(Vector128.Load(from + i + 8), scale), Quantized(Vector128.Load(from + i + 12), scale));
                Vector128.Narrow(x, y).AsByte().Store(target + i);
            }
        }

        for (; i < plane; i++)
        {
            float x = MathF.Round(from[i] * scale, MidpointRounding.ToEven) + zero;
            target[i] = float.IsNaN(x) ? (byte)0 : (byte)(int)Math.Clamp(x, low, high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector256<int> Quantized(Vector256<int> sum, float scale) => Vector256.ConvertToInt32Native(Vector256.MinNative(
        Vector256.MaxNative(Vector256.Round(Vector256.ConvertToSingle(sum) * scale) + Vector256.Create(zero), Vector256.Create(low)), Vector256.Create(high)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector128<int> Quantized(Vector128<int> sum, float scale) => Vector128.ConvertToInt32Native(Vector128.MinNative(
        Vector128.MaxNative(Vector128.Round(Vector128.ConvertToSingle(sum) * scale) + Vector128.Create(zero), Vector128.Create(low)), Vector128.Create(high)));
}
