using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>The planes of a pooling, by rows, then by columns; see <see cref="SeparablePooling"/>.</summary>
/// <typeparam name="TFold">What becomes of the places of a window.</typeparam>
/// <typeparam name="TCareful">Pools a plane with a NaN, for folds that pass over it.</typeparam>
internal unsafe struct SeparablePoolingJob<TFold, TCareful> : IJob
    where TFold : struct, IPoolFold
    where TCareful : struct, IJob
{
    public PoolingShape Shape;
    public SeparablePooling Plan;
    public float* X;
    public float* Y;
    public byte* Scratch;

    /// <summary>The columns of what each window's sum is divided by, or null for no division.</summary>
    public float* Counts;

    /// <summary>Whether padding counts as well.</summary>
    public bool IncludePad;
    public TCareful Careful;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        if (Vector512.IsHardwareAccelerated && Shape.OutWidth >= Vector512<float>.Count)
            Plane<Vector512<float>, Simd512<float>, Sixteen>(index, participant);
        else if (Vector256.IsHardwareAccelerated && Shape.OutWidth >= Vector256<float>.Count)
            Plane<Vector256<float>, Simd256<float>, Eight>(index, participant);
        else
            Plane<Vector128<float>, Simd128<float>, Four>(index, participant);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Plane<TVector, TSimd, TWindows>(int index, int participant)
        where TVector : struct
        where TSimd : struct, ISimd<float, TVector>
        where TWindows : struct, IWindows<TVector>
    {
        float* x = X + ((nint)index * Shape.InPlane), y = Y + ((nint)index * Shape.OutPlane);
        float* copy = (float*)(Scratch + (participant * Plan.Bytes)), results = copy + Plan.Elements;
        long readable = (long)(Shape.Planes - index) * Shape.InPlane;
        int stride = Shape.StrideWidth, pitch = Plan.Pitch / stride, reach = (Shape.KernelWidth - 1) * Shape.DilationWidth;
        for (int begin = 0; begin < Shape.OutHeight; begin += Plan.OutRows)
        {
            int end = Math.Min(Shape.OutHeight, begin + Plan.OutRows);
            int first = Math.Clamp((begin * Shape.StrideHeight) - Shape.PadTop, 0, Shape.InHeight);
            int last = Math.Clamp(((end - 1) * Shape.StrideHeight) - Shape.PadTop + ((Shape.KernelHeight - 1) * Shape.DilationHeight) + 1, first, Shape.InHeight);
            float* from = x + ((nint)first * Shape.InWidth);
            if (TFold.PassesOverNaN && MayHoldNaN<TVector, TSimd>(from, (last - first) * Shape.InWidth))
            {
                Careful.Execute(index, participant);
                return;
            }

            nint extent = (nint)(last - first) * Plan.Pitch;
            if (Plan.Copies && extent > 0)
            {
                Fill<TVector, TSimd>(from, last - first, readable - ((long)first * Shape.InWidth), copy);
                from = copy;
                extent += Shape.PadLeft;
            }

            if (extent > 0)
            {
                nint windows = ((extent - 1 - reach) / stride) + 1;
                if (stride == 1)
                    PoolLine<TVector, TSimd, TFold>.Run<Neighbours<TVector, TSimd>>(from, Shape.DilationWidth, Shape.KernelWidth, results, windows, null, 0);
                else
                    PoolLine<TVector, TSimd, TFold>.Run<EverySecond<TVector, TWindows>>(from, Shape.DilationWidth, Shape.KernelWidth, results, windows, null, 0);
            }

            for (int oy = begin; oy < end; oy++)
            {
                float* to = y + ((nint)oy * Shape.OutWidth);
                PoolingWindow rows = new(oy, Shape.StrideHeight, Shape.PadTop, Shape.DilationHeight, Shape.KernelHeight, Shape.InHeight);
                int count = rows.Count(Shape.DilationHeight);
                if (count == 0)
                {
                    new Span<float>(to, Shape.OutWidth).Fill(TFold.Padding);
                    continue;
                }

                if (Counts is not null && IncludePad)
                    count = PoolingWindow.CountPadded(oy, Shape.StrideHeight, Shape.PadTop, Shape.PadBottom, Shape.DilationHeight, Shape.KernelHeight, Shape.InHeight);
                PoolLine<TVector, TSimd, TFold>.Run<Neighbours<TVector, TSimd>>(
                    results + ((nint)(rows.Begin - first) * pitch), (nint)Shape.DilationHeight * pitch, rows.Count(Shape.DilationHeight), to, Shape.OutWidth, Counts, count);
            }
        }
    }

    // The sum of all is NaN where one is; it is where both infinities are, too.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool MayHoldNaN<TVector, TSimd>(float* x, int count)
        where TVector : struct
        where TSimd : struct, ISimd<float, TVector>
    {
        int i = 0, lanes = TSimd.Count;
        TVector a = TSimd.Zero, b = a, c = a, d = a;
        for (; i <= count - (4 * lanes); i += 4 * lanes)
        {
            a = TSimd.Add(a, TSimd.Load(x + i));
            b = TSimd.Add(b, TSimd.Load(x + i + lanes));
            c = TSimd.Add(c, TSimd.Load(x + i + (2 * lanes)));
            d = TSimd.Add(d, TSimd.Load(x + i + (3 * lanes)));
        }

        float sum = TSimd.Sum(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)));
        for (; i < count; i++)
            sum += x[i];
        return float.IsNaN(sum);
    }

    /// <summary>Copies rows with padding between them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Fill<TVector, TSimd>(float* x, int rows, long readable, float* copy)
        where TVector : struct
        where TSimd : struct, ISimd<float, TVector>
    {
        int width = Shape.InWidth, gap = Plan.Pitch - width, lanes = TSimd.Count;
        TVector padding = TSimd.Broadcast(TFold.Padding);
        for (int i = 0; i < Shape.PadLeft; i++)
            copy[i] = TFold.Padding;
        copy += Shape.PadLeft;
        for (int row = 0; row < rows; row++, x += width, copy += Plan.Pitch, readable -= width)
        {
            // Vectors run beyond the row: what they write there is overwritten by the padding, and that, in turn, by the next row.
            int i = 0, whole = readable >= width + lanes ? width : width - lanes + 1;
            for (; i < whole; i += lanes)
                TSimd.Store(TSimd.Load(x + i), copy + i);
            for (; i < width; i++)
                copy[i] = x[i];
            for (i = 0; i < gap; i += lanes)
                TSimd.Store(padding, copy + width + i);
        }
    }
}
