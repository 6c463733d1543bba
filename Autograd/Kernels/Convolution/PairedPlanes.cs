using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Planes of bytes as planes of pairs: an element holds the same place of two neighbouring channels of a group, less their zero point, in 16 bits each, the first of them in the lower half; the last of an
/// odd number of channels is paired with zeros. One job widens a part of one plane of pairs.
/// </summary>
internal unsafe struct PairedPlanes : IJob
{
    // Below this many elements per part, handing it over costs more than it saves.
    private const int SmallestPart = 16 * 1024;

    private byte* from;
    private int* to;
    private int channels;
    private int pairs;
    private int plane;
    private int parts;
    private int flip;
    private short zero;

    /// <summary>Widens all planes.</summary>
    /// <param name="x">The planes, [groups, channels, plane], and whether they are int8.</param>
    /// <param name="zero">Their zero point.</param>
    /// <param name="groups">The groups of all images.</param>
    /// <param name="channels">The channels of a group.</param>
    /// <param name="plane">The elements of a plane.</param>
    /// <param name="to">The pairs, [groups, ⌈channels/2⌉, plane].</param>
    /// <param name="workers">The threads.</param>
    public static void Widen((nint Address, bool IsSigned) x, int zero, int groups, int channels, int plane, int* to, Workers workers)
    {
        int pairs = Pairs(channels), count = groups * pairs;
        int parts = count >= workers.Threads ? 1 : Math.Clamp(plane / SmallestPart, 1, workers.Threads);

        // x ^ 128 is x + 128 of a signed byte, without its sign in the upper half.
        workers.For(
            (long)count * plane < SmallestPart ? 1 : count * parts,
            new PairedPlanes
            {
                from = (byte*)x.Address,
                to = to,
                channels = channels,
                pairs = pairs,
                plane = plane,
                parts = (long)count * plane < SmallestPart ? -count : parts,
                flip = x.IsSigned ? 128 : 0,
                zero = (short)(x.IsSigned ? zero + 128 : zero),
            });
    }

    /// <summary>⌈channels/2⌉.</summary>
    public static int Pairs(int channels) => (channels + 1) / 2;

    /// <summary>The weights of a convolution in the same order: [outputs, channels, taps] to [outputs, ⌈channels/2⌉, taps].</summary>
    /// <param name="w">The weights, and whether they are int8.</param>
    /// <param name="zeros">A zero point for each output, or one for all, or none for zeros.</param>
    /// <param name="outputs">The outputs of all groups.</param>
    /// <param name="channels">The channels of a group.</param>
    /// <param name="taps">The weights of a channel for an output.</param>
    /// <param name="to">The pairs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WidenWeights((nint Address, bool IsSigned) w, ReadOnlySpan<int> zeros, int outputs, int channels, int taps, int* to)
    {
        byte* from = (byte*)w.Address;
        for (int o = 0; o < outputs; o++)
        {
            int zero = zeros.Length == 0 ? 0 : zeros[zeros.Length == 1 ? 0 : o];
            for (int c = 0; c < channels; c += 2)
            {
                for (int tap = 0; tap < taps; tap++, from++)
                {
                    int low = (w.IsSigned ? (sbyte)*from : *from) - zero;
                    int high = c + 1 == channels ? 0 : (w.IsSigned ? (sbyte)from[taps] : from[taps]) - zero;
                    *to++ = (low & ushort.MaxValue) | (high << 16);
                }

                from += c + 1 == channels ? 0 : taps;
            }
        }
    }

    public readonly void Execute(int index, int participant)
    {
        if (parts > 0)
        {
            One(index / parts, (int)((long)(index % parts) * plane / parts), (int)((long)((index % parts) + 1) * plane / parts));
            return;
        }

        for (int i = 0; i < -parts; i++)
            One(i, 0, plane);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void One(int index, int begin, int end)
    {
        int group = index / pairs, channel = index % pairs * 2, i = begin;
        byte* first = from + ((((nint)group * channels) + channel) * plane), second = channel + 1 < channels ? first + plane : null;
        int* target = to + ((nint)index * plane);
        int flips = second is null ? flip : flip | (flip << 16), zeros = second is null ? zero & ushort.MaxValue : (zero & ushort.MaxValue) | (zero << 16);
        if (Avx512F.IsSupported)
        {
            Vector512<int> flipped = Vector512.Create(flips);
            Vector512<short> less = Vector512.Create(zeros).AsInt16();
            for (; i <= end - Vector512<int>.Count; i += Vector512<int>.Count)
            {
                Vector512<int> both = Avx512F.ConvertToVector512Int32(Vector128.Load(first + i));
                if (second is not null)
                    both |= Avx512F.ConvertToVector512Int32(Vector128.Load(second + i)) << 16;
                ((both ^ flipped).AsInt16() - less).AsInt32().Store(target + i);
            }
        }
        else if (Avx2.IsSupported)
        {
            Vector256<int> flipped = Vector256.Create(flips);
            Vector256<short> less = Vector256.Create(zeros).AsInt16();
            for (; i <= end - Vector256<int>.Count; i += Vector256<int>.Count)
            {
                Vector256<int> both = Avx2.ConvertToVector256Int32(first + i);
                if (second is not null)
                    both |= Avx2.ConvertToVector256Int32(second + i) << 16;
                ((both ^ flipped).AsInt16() - less).AsInt32().Store(target + i);
            }
        }
        else
        {
            Vector128<int> flipped = Vector128.Create(flips);
            Vector128<short> less = Vector128.Create(zeros).AsInt16();
            for (; i <= end - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                Vector128<byte> low = Vector128.Load(first + i), high = second is null ? Vector128<byte>.Zero : Vector128.Load(second + i);
                Four(Vector128.WidenLower(low), Vector128.WidenLower(high), flipped, less, target + i);
                Four(Vector128.WidenUpper(low), Vector128.WidenUpper(high), flipped, less, target + i + Vector128<short>.Count);
            }
        }

        for (; i < end; i++)
        {
            int both = (first[i] | (second is null ? 0 : second[i] << 16)) ^ flips;
            target[i] = ((both - zeros) & ushort.MaxValue) | (((both >> 16) - (zeros >> 16)) << 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(Vector128<ushort> low, Vector128<ushort> high, Vector128<int> flipped, Vector128<short> less, int* target)
    {
        (((Vector128.WidenLower(low) | (Vector128.WidenLower(high) << 16)).AsInt32() ^ flipped).AsInt16() - less).AsInt32().Store(target);
        (((Vector128.WidenUpper(low) | (Vector128.WidenUpper(high) << 16)).AsInt32() ^ flipped).AsInt16() - less).AsInt32().Store(target + Vector128<int>.Count);
    }
}
