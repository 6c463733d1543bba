using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Joins partial results pairwise as they arrive, like the carries of a binary counter: the error of n sums grows as log n
/// (Higham 1993, The accuracy of floating point summation) and the order depends on n alone.
/// </summary>
internal unsafe struct Cascade<T, TReducer>
    where T : unmanaged
    where TReducer : struct, IReducer<T>
{
    private fixed ulong levels[48];
    private ulong count;

    /// <summary>Adds a partial result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(T value)
    {
        fixed (ulong* levels = this.levels)
        {
            int level = 0;
            for (ulong carry = count; (carry & 1) != 0; carry >>= 1, level++)
                value = TReducer.Combine(((T*)(levels + level))[0], value);
            *(T*)(levels + level) = value;
        }

        count++;
    }

    /// <summary>The result of all so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly T Total()
    {
        T total = TReducer.Identity;
        bool any = false;
        fixed (ulong* levels = this.levels)
        {
            int level = 0;
            for (ulong rest = count; rest != 0; rest >>= 1, level++)
            {
                if ((rest & 1) == 0)
                    continue;
                T value = *(T*)(levels + level);
                total = any ? TReducer.Combine(value, total) : value;
                any = true;
            }
        }

        return total;
    }
}
