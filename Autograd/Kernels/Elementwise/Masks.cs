using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>A comparison of two numbers, of one pair and of vectors of pairs (all bits of a lane set where it holds).</summary>
internal interface IRelation
{
    static abstract bool Holds<T>(T x, T y)
        where T : unmanaged, INumber<T>;

    static abstract Vector256<T> Holds<T>(Vector256<T> x, Vector256<T> y);
}

/// <summary>Comparisons that give one byte per element, 0 or 1, and choices by such bytes; 32 elements of four bytes at a time.</summary>
internal static unsafe class Masks
{
    /// <summary>z = 1 where the relation holds, 0 elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compare<T, TRelation>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<byte> z)
        where T : unmanaged, INumber<T>
        where TRelation : struct, IRelation
    {
        int i = 0;
        fixed (T* px = x, py = y)
        fixed (byte* pz = z)
        {
            if (sizeof(T) == sizeof(uint))
            {
                for (; i <= z.Length - 32; i += 32)
                {
                    Vector256<short> low = Vector256.Narrow(Mask<T, TRelation>(px + i, py + i), Mask<T, TRelation>(px + i + 8, py + i + 8));
                    Vector256<short> high = Vector256.Narrow(Mask<T, TRelation>(px + i + 16, py + i + 16), Mask<T, TRelation>(px + i + 24, py + i + 24));
                    (Vector256.Narrow(low, high).AsByte() & Vector256<byte>.One).Store(pz + i);
                }
            }

            for (; i < z.Length; i++)
                pz[i] = TRelation.Holds(px[i], py[i]) ? (byte)1 : (byte)0;
        }
    }

    /// <summary>z = x where the condition is not 0, y elsewhere. Bits are moved as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Choose<T>(ReadOnlySpan<byte> condition, ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> z)
        where T : unmanaged
    {
        int i = 0;
        fixed (T* px = x, py = y, pz = z)
        fixed (byte* pc = condition)
        {
            if (sizeof(T) == sizeof(uint))
            {
                for (; i <= z.Length - 32; i += 32)
                {
                    (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(Vector256.Load(pc + i));
                    (Vector256<uint> c0, Vector256<uint> c1) = Vector256.Widen(low);
                    (Vector256<uint> c2, Vector256<uint> c3) = Vector256.Widen(high);
                    Choose(c0, (uint*)(px + i), (uint*)(py + i), (uint*)(pz + i));
                    Choose(c1, (uint*)(px + i + 8), (uint*)(py + i + 8), (uint*)(pz + i + 8));
                    Choose(c2, (uint*)(px + i + 16), (uint*)(py + i + 16), (uint*)(pz + i + 16));
                    Choose(c3, (uint*)(px + i + 24), (uint*)(py + i + 24), (uint*)(pz + i + 24));
                }
            }

            for (; i < z.Length; i++)
                pz[i] = pc[i] != 0 ? px[i] : py[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Mask<T, TRelation>(T* x, T* y)
        where T : unmanaged
        where TRelation : struct, IRelation => TRelation.Holds(Vector256.Load(x), Vector256.Load(y)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Choose(Vector256<uint> condition, uint* x, uint* y, uint* z) =>
        Vector256.ConditionalSelect(Vector256.Equals(condition, Vector256<uint>.Zero), Vector256.Load(y), Vector256.Load(x)).Store(z);
}
