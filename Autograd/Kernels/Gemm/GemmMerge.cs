using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// What happens to a tile's sums before they are the result: c = α·sums + β·c, bias, rectifier. It is one method for tiles of all
/// heights, so that each of them is compiled in a third of the time.
/// </summary>
internal static unsafe class GemmMerge
{
    /// <summary>Merges <paramref name="rows"/> rows of two vectors, or one where they are not <paramref name="wide"/>, <paramref name="leading"/> apart, into the tile of the result; they may be the tile itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TVector, TSimd>(int rows, bool wide, T* sums, nint leading, GemmTarget<T>* target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        T* c = target->C;
        TVector alpha = TSimd.Broadcast(target->Alpha), beta = TSimd.Broadcast(target->Beta);
        for (int row = 0; row < rows; row++, sums += leading, c += target->Ldc)
        {
            One<T, TVector, TSimd>(row, 0, alpha, beta, sums, c, target);
            if (wide)
                One<T, TVector, TSimd>(row, TSimd.Count, alpha, beta, sums, c, target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void One<T, TVector, TSimd>(int row, int at, TVector alpha, TVector beta, T* sums, T* c, GemmTarget<T>* target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        TVector value = TSimd.Multiply(TSimd.Load(sums + at), alpha);
        if (target->Reads)
            value = TSimd.MultiplyAdd(beta, TSimd.Load(c + at), value);
        if (target->ColumnBias is not null)
            value = TSimd.Add(value, TSimd.Load(target->ColumnBias + at));
        if (target->RowBias is not null)
            value = TSimd.Add(value, TSimd.Broadcast(target->RowBias[row]));
        if (target->Relu)
            value = TSimd.Relu(value);
        TSimd.Store(value, c + at);
    }
}
