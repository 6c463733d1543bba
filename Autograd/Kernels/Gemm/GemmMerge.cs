using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// What happens to a tile's sums before they are the result: c = α·sums + β·c, bias, rectifier. It is one method for tiles of all
/// heights, so that each of them is compiled in a third of the time.
/// </summary>
internal static unsafe class GemmMerge
{
    /// <summary>Merges <paramref name="rows"/> rows of two vectors, <paramref name="leading"/> apart, into the tile of the result; they may be the tile itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TVector, TSimd>(int rows, T* sums, nint leading, GemmTarget<T>* target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        T* c = target->C;
        TVector alpha = TSimd.Broadcast(target->Alpha), beta = TSimd.Broadcast(target->Beta);
        for (int row = 0; row < rows; row++, sums += leading, c += target->Ldc)
        {
            TVector left = TSimd.Multiply(TSimd.Load(sums), alpha), right = TSimd.Multiply(TSimd.Load(sums + TSimd.Count), alpha);
            if (target->Reads)
            {
                left = TSimd.MultiplyAdd(beta, TSimd.Load(c), left);
                right = TSimd.MultiplyAdd(beta, TSimd.Load(c + TSimd.Count), right);
            }

            if (target->ColumnBias is not null)
            {
                left = TSimd.Add(left, TSimd.Load(target->ColumnBias));
                right = TSimd.Add(right, TSimd.Load(target->ColumnBias + TSimd.Count));
            }

            if (target->RowBias is not null)
            {
                TVector addend = TSimd.Broadcast(target->RowBias[row]);
                left = TSimd.Add(left, addend);
                right = TSimd.Add(right, addend);
            }

            if (target->Relu)
            {
                left = TSimd.Relu(left);
                right = TSimd.Relu(right);
            }

            TSimd.Store(left, c);
            TSimd.Store(right, c + TSimd.Count);
        }
    }
}
