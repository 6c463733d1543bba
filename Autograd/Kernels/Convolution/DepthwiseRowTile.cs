using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The innermost loop of a convolution of channels by themselves with steps of one row: up to eight rows of outputs by one or two vectors of columns, all of whose sums stay in registers. A row of
/// the image is read once for each column of the kernel and meets all the rows of outputs it belongs to.
/// </summary>
internal static unsafe class DepthwiseRowTile
{
    /// <summary>Rows of a tile.</summary>
    public const int MaxRows = 8;

    /// <summary>Whether there is a tile for kernels of this height.</summary>
    public static bool Handles(int kernelHeight) => kernelHeight is 3 or 5 or 7;

    /// <summary>Runs the tile whose size is known at run time only.</summary>
    public static void Run<T, TVector, TSimd>(int rows, int vectors, (int Height, int Width) kernel, T* x, int* offsets, nint rowStep, T* w, in DepthwiseTarget<T> target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        switch (kernel.Height)
        {
            case 3: Run<T, TVector, TSimd, Rows3>(rows, vectors, kernel.Width, x, offsets, rowStep, w, target); break;
            case 5: Run<T, TVector, TSimd, Rows5>(rows, vectors, kernel.Width, x, offsets, rowStep, w, target); break;
            default: Run<T, TVector, TSimd, Rows7>(rows, vectors, kernel.Width, x, offsets, rowStep, w, target); break;
        }
    }

    private static void Run<T, TVector, TSimd, TKernel>(int rows, int vectors, int kernelWidth, T* x, int* offsets, nint rowStep, T* w, in DepthwiseTarget<T> target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TKernel : struct, IRows
    {
        switch (rows)
        {
            case 1: Run<T, TVector, TSimd, TKernel, Rows1>(vectors, kernelWidth, x, offsets, rowStep, w, target); break;
            case 2: Run<T, TVector, TSimd, TKernel, Rows2>(vectors, kernelWidth, x, offsets, rowStep, w, target); break;
            case 3: Run<T, TVector, TSimd, TKernel, Rows3>(vectors, kernelWidth, x, offsets, rowStep, w, target); break;
            case 4: Run<T, TVector, TSimd, TKernel, Rows4>(vectors, kernelWidth, x, offsets, rowStep, w, target); break;
            case 5: Run<T, TVector, TSimd, TKernel, Rows5>(vectors, kernelWidth, x, offsets, rowStep, w, target); break;
            case 6: Run<T, TVector, TSimd, TKernel, Rows6>(vectors, kernelWidth, x, offsets, rowStep, w, target); break;
            case 7: Run<T, TVector, TSimd, TKernel, Rows7>(vectors, kernelWidth, x, offsets, rowStep, w, target); break;
            default: Run<T, TVector, TSimd, TKernel, Rows8>(vectors, kernelWidth, x, offsets, rowStep, w, target); break;
        }
    }

    private static void Run<T, TVector, TSimd, TKernel, TRows>(int vectors, int kernelWidth, T* x, int* offsets, nint rowStep, T* w, in DepthwiseTarget<T> target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TKernel : struct, IRows
        where TRows : struct, IRows
    {
        if (vectors == 1)
            Run<T, TVector, TSimd, TKernel, TRows, Rows1>(kernelWidth, x, offsets, rowStep, w, target);
        else
            Run<T, TVector, TSimd, TKernel, TRows, Rows2>(kernelWidth, x, offsets, rowStep, w, target);
    }

    /// <summary>y[r, j] = Σ over (kx, ky) of w[ky, kx]·x[offsets[kx] + (r + ky)·rowStep + j], with bias and rectifier as <paramref name="target"/> says. Rows are written one after the other, whole vectors each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T, TVector, TSimd, TKernel, TRows, TVectors>(int kernelWidth, T* x, int* offsets, nint rowStep, T* w, in DepthwiseTarget<T> target)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TKernel : struct, IRows
        where TRows : struct, IRows
        where TVectors : struct, IRows
    {
        int n = TSimd.Count, rows = TRows.Count, height = TKernel.Count;
        TVector s0 = TSimd.Zero, s1 = TSimd.Zero, s2 = TSimd.Zero, s3 = TSimd.Zero, s4 = TSimd.Zero, s5 = TSimd.Zero, s6 = TSimd.Zero, s7 = TSimd.Zero;
        TVector t0 = TSimd.Zero, t1 = TSimd.Zero, t2 = TSimd.Zero, t3 = TSimd.Zero, t4 = TSimd.Zero, t5 = TSimd.Zero, t6 = TSimd.Zero, t7 = TSimd.Zero;
        for (int column = 0; column < kernelWidth; column++, w++)
        {
            TVector w0 = TSimd.Broadcast(w[0]), w1 = TSimd.Broadcast(w[kernelWidth]), w2 = TSimd.Broadcast(w[2 * kernelWidth]), w3 = w2, w4 = w2, w5 = w2, w6 = w2;
            if (height > 4)
            {
                w3 = TSimd.Broadcast(w[3 * kernelWidth]);
                w4 = TSimd.Broadcast(w[4 * kernelWidth]);
            }

            if (height > 6)
            {
                w5 = TSimd.Broadcast(w[5 * kernelWidth]);
                w6 = TSimd.Broadcast(w[6 * kernelWidth]);
            }

            T* at = x + offsets[column];
            TVector a0 = Read<T, TVector, TSimd>(rows + height > 1, at), b0 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 1, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 0 && height > 0, w0, a0, b0, ref s0, ref t0);
            at += rowStep;
            TVector a1 = Read<T, TVector, TSimd>(rows + height > 2, at), b1 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 2, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 1 && height > 0, w0, a1, b1, ref s1, ref t1);
            Meet<T, TVector, TSimd, TVectors>(rows > 0 && height > 1, w1, a1, b1, ref s0, ref t0);
            at += rowStep;
            TVector a2 = Read<T, TVector, TSimd>(rows + height > 3, at), b2 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 3, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 2 && height > 0, w0, a2, b2, ref s2, ref t2);
            Meet<T, TVector, TSimd, TVectors>(rows > 1 && height > 1, w1, a2, b2, ref s1, ref t1);
            Meet<T, TVector, TSimd, TVectors>(rows > 0 && height > 2, w2, a2, b2, ref s0, ref t0);
            at += rowStep;
            TVector a3 = Read<T, TVector, TSimd>(rows + height > 4, at), b3 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 4, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 3 && height > 0, w0, a3, b3, ref s3, ref t3);
            Meet<T, TVector, TSimd, TVectors>(rows > 2 && height > 1, w1, a3, b3, ref s2, ref t2);
            Meet<T, TVector, TSimd, TVectors>(rows > 1 && height > 2, w2, a3, b3, ref s1, ref t1);
            Meet<T, TVector, TSimd, TVectors>(rows > 0 && height > 3, w3, a3, b3, ref s0, ref t0);
            at += rowStep;
            TVector a4 = Read<T, TVector, TSimd>(rows + height > 5, at), b4 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 5, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 4 && height > 0, w0, a4, b4, ref s4, ref t4);
            Meet<T, TVector, TSimd, TVectors>(rows > 3 && height > 1, w1, a4, b4, ref s3, ref t3);
            Meet<T, TVector, TSimd, TVectors>(rows > 2 && height > 2, w2, a4, b4, ref s2, ref t2);
            Meet<T, TVector, TSimd, TVectors>(rows > 1 && height > 3, w3, a4, b4, ref s1, ref t1);
            Meet<T, TVector, TSimd, TVectors>(rows > 0 && height > 4, w4, a4, b4, ref s0, ref t0);
            at += rowStep;
            TVector a5 = Read<T, TVector, TSimd>(rows + height > 6, at), b5 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 6, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 5 && height > 0, w0, a5, b5, ref s5, ref t5);
            Meet<T, TVector, TSimd, TVectors>(rows > 4 && height > 1, w1, a5, b5, ref s4, ref t4);
            Meet<T, TVector, TSimd, TVectors>(rows > 3 && height > 2, w2, a5, b5, ref s3, ref t3);
            Meet<T, TVector, TSimd, TVectors>(rows > 2 && height > 3, w3, a5, b5, ref s2, ref t2);
            Meet<T, TVector, TSimd, TVectors>(rows > 1 && height > 4, w4, a5, b5, ref s1, ref t1);
            Meet<T, TVector, TSimd, TVectors>(rows > 0 && height > 5, w5, a5, b5, ref s0, ref t0);
            at += rowStep;
            TVector a6 = Read<T, TVector, TSimd>(rows + height > 7, at), b6 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 7, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 6 && height > 0, w0, a6, b6, ref s6, ref t6);
            Meet<T, TVector, TSimd, TVectors>(rows > 5 && height > 1, w1, a6, b6, ref s5, ref t5);
            Meet<T, TVector, TSimd, TVectors>(rows > 4 && height > 2, w2, a6, b6, ref s4, ref t4);
            Meet<T, TVector, TSimd, TVectors>(rows > 3 && height > 3, w3, a6, b6, ref s3, ref t3);
            Meet<T, TVector, TSimd, TVectors>(rows > 2 && height > 4, w4, a6, b6, ref s2, ref t2);
            Meet<T, TVector, TSimd, TVectors>(rows > 1 && height > 5, w5, a6, b6, ref s1, ref t1);
            Meet<T, TVector, TSimd, TVectors>(rows > 0 && height > 6, w6, a6, b6, ref s0, ref t0);
            at += rowStep;
            TVector a7 = Read<T, TVector, TSimd>(rows + height > 8, at), b7 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 8, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 7 && height > 0, w0, a7, b7, ref s7, ref t7);
            Meet<T, TVector, TSimd, TVectors>(rows > 6 && height > 1, w1, a7, b7, ref s6, ref t6);
            Meet<T, TVector, TSimd, TVectors>(rows > 5 && height > 2, w2, a7, b7, ref s5, ref t5);
            Meet<T, TVector, TSimd, TVectors>(rows > 4 && height > 3, w3, a7, b7, ref s4, ref t4);
            Meet<T, TVector, TSimd, TVectors>(rows > 3 && height > 4, w4, a7, b7, ref s3, ref t3);
            Meet<T, TVector, TSimd, TVectors>(rows > 2 && height > 5, w5, a7, b7, ref s2, ref t2);
            Meet<T, TVector, TSimd, TVectors>(rows > 1 && height > 6, w6, a7, b7, ref s1, ref t1);
            at += rowStep;
            TVector a8 = Read<T, TVector, TSimd>(rows + height > 9, at), b8 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 9, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 7 && height > 1, w1, a8, b8, ref s7, ref t7);
            Meet<T, TVector, TSimd, TVectors>(rows > 6 && height > 2, w2, a8, b8, ref s6, ref t6);
            Meet<T, TVector, TSimd, TVectors>(rows > 5 && height > 3, w3, a8, b8, ref s5, ref t5);
            Meet<T, TVector, TSimd, TVectors>(rows > 4 && height > 4, w4, a8, b8, ref s4, ref t4);
            Meet<T, TVector, TSimd, TVectors>(rows > 3 && height > 5, w5, a8, b8, ref s3, ref t3);
            Meet<T, TVector, TSimd, TVectors>(rows > 2 && height > 6, w6, a8, b8, ref s2, ref t2);
            at += rowStep;
            TVector a9 = Read<T, TVector, TSimd>(rows + height > 10, at), b9 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 10, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 7 && height > 2, w2, a9, b9, ref s7, ref t7);
            Meet<T, TVector, TSimd, TVectors>(rows > 6 && height > 3, w3, a9, b9, ref s6, ref t6);
            Meet<T, TVector, TSimd, TVectors>(rows > 5 && height > 4, w4, a9, b9, ref s5, ref t5);
            Meet<T, TVector, TSimd, TVectors>(rows > 4 && height > 5, w5, a9, b9, ref s4, ref t4);
            Meet<T, TVector, TSimd, TVectors>(rows > 3 && height > 6, w6, a9, b9, ref s3, ref t3);
            at += rowStep;
            TVector a10 = Read<T, TVector, TSimd>(rows + height > 11, at), b10 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 11, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 7 && height > 3, w3, a10, b10, ref s7, ref t7);
            Meet<T, TVector, TSimd, TVectors>(rows > 6 && height > 4, w4, a10, b10, ref s6, ref t6);
            Meet<T, TVector, TSimd, TVectors>(rows > 5 && height > 5, w5, a10, b10, ref s5, ref t5);
            Meet<T, TVector, TSimd, TVectors>(rows > 4 && height > 6, w6, a10, b10, ref s4, ref t4);
            at += rowStep;
            TVector a11 = Read<T, TVector, TSimd>(rows + height > 12, at), b11 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 12, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 7 && height > 4, w4, a11, b11, ref s7, ref t7);
            Meet<T, TVector, TSimd, TVectors>(rows > 6 && height > 5, w5, a11, b11, ref s6, ref t6);
            Meet<T, TVector, TSimd, TVectors>(rows > 5 && height > 6, w6, a11, b11, ref s5, ref t5);
            at += rowStep;
            TVector a12 = Read<T, TVector, TSimd>(rows + height > 13, at), b12 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 13, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 7 && height > 5, w5, a12, b12, ref s7, ref t7);
            Meet<T, TVector, TSimd, TVectors>(rows > 6 && height > 6, w6, a12, b12, ref s6, ref t6);
            at += rowStep;
            TVector a13 = Read<T, TVector, TSimd>(rows + height > 14, at), b13 = Read<T, TVector, TSimd>(TVectors.Count > 1 && rows + height > 14, at + n);
            Meet<T, TVector, TSimd, TVectors>(rows > 7 && height > 6, w6, a13, b13, ref s7, ref t7);
        }

        DepthwiseTile.Put<T, TVector, TSimd, TRows, TVectors>(s0, t0, t0, 0, target);
        if (rows > 1)
            DepthwiseTile.Put<T, TVector, TSimd, TRows, TVectors>(s1, t1, t1, 1, target);
        if (rows > 2)
            DepthwiseTile.Put<T, TVector, TSimd, TRows, TVectors>(s2, t2, t2, 2, target);
        if (rows > 3)
            DepthwiseTile.Put<T, TVector, TSimd, TRows, TVectors>(s3, t3, t3, 3, target);
        if (rows > 4)
            DepthwiseTile.Put<T, TVector, TSimd, TRows, TVectors>(s4, t4, t4, 4, target);
        if (rows > 5)
            DepthwiseTile.Put<T, TVector, TSimd, TRows, TVectors>(s5, t5, t5, 5, target);
        if (rows > 6)
            DepthwiseTile.Put<T, TVector, TSimd, TRows, TVectors>(s6, t6, t6, 6, target);
        if (rows > 7)
            DepthwiseTile.Put<T, TVector, TSimd, TRows, TVectors>(s7, t7, t7, 7, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Read<T, TVector, TSimd>(bool exists, T* at)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => exists ? TSimd.Load(at) : TSimd.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Meet<T, TVector, TSimd, TVectors>(bool exists, TVector weight, TVector left, TVector right, ref TVector leftSum, ref TVector rightSum)
        where T : unmanaged
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
        where TVectors : struct, IRows
    {
        if (!exists)
            return;
        leftSum = TSimd.AddProduct(weight, left, leftSum);
        if (TVectors.Count > 1)
            rightSum = TSimd.AddProduct(weight, right, rightSum);
    }
}
