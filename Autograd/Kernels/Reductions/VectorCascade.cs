using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary><see cref="Cascade{T, TReducer}"/> for sums of vectors, lane by lane in the same order.</summary>
internal unsafe ref struct VectorCascade<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    private readonly Span<T> levels;
    private ulong count;

    /// <summary>A cascade in memory of <see cref="Room"/> elements.</summary>
    public VectorCascade(Span<T> levels) => this.levels = levels;

    /// <summary>How many elements the partial sums take.</summary>
    /// <param name="terms">The number of terms.</param>
    /// <param name="run">How many of them make a partial sum.</param>
    public static int Room(int terms, int run) => (BitOperations.Log2((uint)(terms / run) + 1) + 1) * TSimd.Count;

    /// <summary>Adds a partial sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(TVector value)
    {
        fixed (T* first = levels)
        {
            int level = 0;
            for (ulong carry = count; (carry & 1) != 0; carry >>= 1, level++)
                value = TSimd.Add(TSimd.Load(first + (level * TSimd.Count)), value);
            TSimd.Store(value, first + (level * TSimd.Count));
        }

        count++;
    }

    /// <summary>The sum of all so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly TVector Total()
    {
        TVector total = TSimd.Zero;
        bool any = false;
        fixed (T* first = levels)
        {
            int level = 0;
            for (ulong rest = count; rest != 0; rest >>= 1, level++)
            {
                if ((rest & 1) == 0)
                    continue;
                TVector value = TSimd.Load(first + (level * TSimd.Count));
                total = any ? TSimd.Add(value, total) : value;
                any = true;
            }
        }

        return total;
    }
}
