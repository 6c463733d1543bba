using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// Arrays of sums with very many terms: sums of some hundred terms each are added to totals, and what rounding loses there is kept beside them (two-sum of
/// Knuth; Neumaier 1974). The error does not grow with the number of terms.
/// </summary>
internal static unsafe class CompensatedSum
{
    /// <summary>How many terms may be added one after the other before they go to the totals.</summary>
    public const int Terms = 512;

    /// <summary>total + lost += part.</summary>
    /// <param name="part">Sums of some terms.</param>
    /// <param name="total">The totals.</param>
    /// <param name="lost">What rounding has lost of them.</param>
    /// <param name="count">The number of sums, a multiple of the vector's elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T, TVector, TSimd>(T* part, T* total, T* lost, nint count)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        for (nint i = 0; i < count; i += TSimd.Count)
        {
            TVector x = TSimd.Load(part + i), t = TSimd.Load(total + i), sum = TSimd.Add(t, x);
            TVector added = TSimd.Subtract(sum, t);
            TVector error = TSimd.Add(TSimd.Subtract(t, TSimd.Subtract(sum, added)), TSimd.Subtract(x, added));
            TSimd.Store(sum, total + i);
            TSimd.Store(TSimd.Add(TSimd.Load(lost + i), error), lost + i);
        }
    }

    /// <summary>result = total + lost; a total that is not finite has lost nothing that counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish<T>(T* total, T* lost, T* result, nint count)
        where T : unmanaged, INumber<T>
    {
        for (nint i = 0; i < count; i++)
            result[i] = T.IsFinite(total[i]) ? total[i] + lost[i] : total[i];
    }
}
