using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Kernels;

/// <summary>Numbers of half types as float32 numbers, exactly, and back, rounded to the nearest, to even ones at a tie.</summary>
internal static unsafe class HalfConversion
{
    // Below this many elements, handing a piece to another thread costs more than it saves.
    private const int Piece = 16 * 1024;

    /// <summary>Converts on several threads.</summary>
    /// <param name="from">The type of what is read.</param>
    /// <param name="source">The elements.</param>
    /// <param name="to">The type of what is written; one of the two is float32, the other a half type.</param>
    /// <param name="destination">Room for as many elements.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="workers">The threads.</param>
    public static void Run(DType from, nint source, DType to, nint destination, int count, Workers workers) =>
        workers.For((count + Piece - 1) / Piece, new Job { From = from, Source = source, To = to, Destination = destination, Count = count });

    /// <summary>Half numbers as float32 numbers.</summary>
    /// <param name="from">The half type.</param>
    /// <param name="source">The half numbers.</param>
    /// <param name="wide">Room for as many float32 numbers.</param>
    /// <param name="count">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(DType from, void* source, float* wide, int count)
    {
        ushort* halves = (ushort*)source;
        bool isBrain = from == DType.BFloat16;
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= count - 16; i += 16)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load(halves + i));
            (isBrain ? low << 16 : Bits(low)).AsSingle().Store(wide + i);
            (isBrain ? high << 16 : Bits(high)).AsSingle().Store(wide + i + 8);
        }

        for (; i < count; i++)
            wide[i] = isBrain ? BitConverter.UInt32BitsToSingle((uint)halves[i] << 16) : (float)BitConverter.UInt16BitsToHalf(halves[i]);
    }

    /// <summary>Float32 numbers rounded to a half type.</summary>
    /// <param name="wide">The float32 numbers.</param>
    /// <param name="to">The half type.</param>
    /// <param name="destination">Room for as many half numbers.</param>
    /// <param name="count">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(float* wide, DType to, void* destination, int count)
    {
        if (to == DType.Float16)
        {
            TensorPrimitives.ConvertToHalf(new ReadOnlySpan<float>(wide, count), new Span<Half>(destination, count));
            return;
        }

        ushort* halves = (ushort*)destination;
        int i = 0;
        for (; Vector256.IsHardwareAccelerated && i <= count - 16; i += 16)
            Vector256.Narrow(Upper(Vector256.Load(wide + i)), Upper(Vector256.Load(wide + i + 8))).Store(halves + i);
        for (; i < count; i++)
            ((BFloat16*)destination)[i] = (BFloat16)wide[i];
    }

    /// <summary>The bits of float32 numbers that equal float16 numbers. The exponent moves by 112; it is moved by as much again where it stands for infinity or NaN, and subnormal numbers
    /// get their leading 1 by a subtraction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Bits(Vector256<uint> half)
    {
        Vector256<uint> sign = (half & Vector256.Create(0x8000u)) << 16, rest = (half & Vector256.Create(0x7FFFu)) << 13;
        Vector256<uint> exponent = rest & Vector256.Create(0x0F800000u), bias = Vector256.Create(112u << 23);
        Vector256<uint> normal = rest + bias + (Vector256.Equals(exponent, Vector256.Create(0x0F800000u)) & bias);
        Vector256<uint> one = Vector256.Create(113u << 23);
        Vector256<uint> subnormal = ((rest + one).AsSingle() - one.AsSingle()).AsUInt32();
        return sign | Vector256.ConditionalSelect(Vector256.Equals(exponent, Vector256<uint>.Zero), subnormal, normal);
    }

    /// <summary>The upper halves of float32 numbers, rounded; a NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Upper(Vector256<float> wide)
    {
        Vector256<uint> bits = wide.AsUInt32();
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One)) >> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(wide, wide).AsUInt32(), rounded, (bits >> 16) | Vector256.Create(0x40u));
    }

    private struct Job : IJob
    {
        public DType From;
        public nint Source;
        public DType To;
        public nint Destination;
        public int Count;

        public readonly void Execute(int index, int participant)
        {
            int start = index * Piece, count = Math.Min(Piece, Count - start);
            if (To == DType.Float32)
                Widen(From, (ushort*)Source + start, (float*)Destination + start, count);
            else
                Narrow((float*)Source + start, To, (ushort*)Destination + start, count);
        }
    }
}
