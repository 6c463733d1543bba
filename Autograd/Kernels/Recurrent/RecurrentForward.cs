using System.Numerics;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>All turns of a part of the examples in one direction: for each turn one product with the states and one pass over the sums, and once more for gates that are late.</summary>
internal unsafe struct RecurrentForward<T, TVector, TSimd, TCell> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
    where TCell : struct, IRecurrentCell
{
    public RecurrentLayout Layout;

    /// <summary>For each direction and row of x the sums so far, those of the input, a width apart.</summary>
    public T* Sums;
    public int Width;

    /// <summary>The recurrent weights of each direction, packed: those of the gates that are not late, then those of the late ones.</summary>
    public T* Weights;
    public nint PackedCount;

    /// <summary>Where those of the late gates begin.</summary>
    public nint PackedLate;

    /// <summary>The addends of the blocks after those that the input fills, or null.</summary>
    public T* Bias;
    public nint BiasStep;

    public int* Lengths;
    public T* InitialState;
    public T* InitialCell;
    public T* Result;
    public T* LastState;
    public T* LastCell;
    public bool Keeps;
    public int Parts;
    public byte* Scratch;
    public long ScratchBytes;

    /// <summary>The scratch memory of a part.</summary>
    public static long Needed(in RecurrentLayout layout, int parts)
    {
        int rows = layout.PartSize(parts), h = layout.Hidden;
        return (RecurrentMemory.Aligned<T>((long)rows * h) * 2)
            + GemmBlocks<T, TVector, TSimd, PackedPanel<T>>.ScratchBytes(rows, TCell.Gates * h, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int d = index / Parts, size = Layout.PartSize(Parts), first = index % Parts * size, count = Math.Min(size, Layout.Batch - first), hidden = Layout.Hidden;
        if (count <= 0)
            return;
        byte* own = Scratch + (participant * ScratchBytes);
        T* h = (T*)own, c = (T*)(own + RecurrentMemory.Aligned<T>((long)size * hidden));
        byte* product = (byte*)c + RecurrentMemory.Aligned<T>((long)size * hidden);
        for (int i = 0; i < count; i++)
        {
            RecurrentMemory.Copy(InitialState, Layout.State(d, first + i), h + ((nint)i * hidden), hidden);
            RecurrentMemory.Copy(InitialCell, Layout.State(d, first + i), c + ((nint)i * hidden), hidden);
        }

        T* sums = Sums + ((nint)d * Layout.Rows * Width);
        bool isReverse = Layout.IsReverse(d);
        for (int turn = 0; turn < Layout.Time; turn++)
        {
            int t = isReverse ? Layout.Time - 1 - turn : turn;
            T* from = sums + ((nint)Layout.Row(t, first) * Width);
            nint step = (nint)Layout.RowStep * Width;
            if (TCell.Split < TCell.Gates)
            {
                for (int i = 0; i < count; i++)
                    RecurrentMemory.Copy(Bias, d * BiasStep, from + (i * step) + ((TCell.First + TCell.Split) * hidden), (TCell.Gates - TCell.Split) * hidden);
            }

            bool isZero = turn == 0 && InitialState is null;
            if (!isZero)
                Multiply(h, count, from + (TCell.First * hidden), step, (TCell.Gates - TCell.Late) * hidden, Weights + (d * PackedCount), product);
            if (TCell.Late > 0)
            {
                for (int i = 0; i < count; i++)
                    Reset(from + (i * step), h + ((nint)i * hidden), c + ((nint)i * hidden));
                if (!isZero)
                    Multiply(c, count, from + ((TCell.First + TCell.Gates - TCell.Late) * hidden), step, TCell.Late * hidden, Weights + (d * PackedCount) + PackedLate, product);
            }

            for (int i = 0; i < count; i++)
            {
                T* state = h + ((nint)i * hidden), y = Result is null ? null : Result + Layout.Result(t, d, first + i);
                bool isRead = Lengths is null || t < Lengths[first + i];
                if (isRead)
                    Turn(from + (i * step), state, c + ((nint)i * hidden));
                else if (Keeps)
                    new Span<T>(from + (i * step), Width).Clear();
                if (y is not null)
                    RecurrentMemory.Copy(isRead ? state : null, 0, y, hidden);
            }
        }

        for (int i = 0; i < count; i++)
        {
            nint place = Layout.State(d, first + i);
            if (LastState is not null)
                RecurrentMemory.Copy(h, (nint)i * hidden, LastState + place, hidden);
            if (LastCell is not null)
                RecurrentMemory.Copy(c, (nint)i * hidden, LastCell + place, hidden);
        }
    }

    private readonly void Multiply(T* h, int count, T* to, nint step, int columns, T* weights, byte* scratch)
    {
        int hidden = Layout.Hidden, width = GemmBlocks<T, TVector, TSimd, PackedPanel<T>>.Width;
        GemmProblem<T> problem = new()
        {
            M = count,
            N = columns,
            K = hidden,
            Alpha = T.One,
            Beta = T.One,
            A = h,
            Lda = hidden,
            C = to,
            Ldc = step,
        };
        GemmBlocks<T, TVector, TSimd, PackedPanel<T>>.Run(
            problem, new PackedPanel<T>(weights, (columns + width - 1) / width, width), 0, count, 0, columns, scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Reset(T* sums, T* h, T* changed)
    {
        int hidden = Layout.Hidden, lanes = TSimd.Count, j = 0;
        for (; j <= hidden - lanes; j += lanes)
            TCell.Reset<T, TVector, TSimd>(sums + j, hidden, h + j, changed + j);
        if (j == hidden)
            return;
        T* copy = stackalloc T[7 * lanes];
        new Span<T>(copy, 7 * lanes).Clear();
        RecurrentMemory.Move(TCell.Blocks, sums + j, hidden, copy, lanes, hidden - j);
        RecurrentMemory.Copy(h, j, copy + (5 * lanes), hidden - j);
        TCell.Reset<T, TVector, TSimd>(copy, lanes, copy + (5 * lanes), copy + (6 * lanes));
        RecurrentMemory.Copy(copy, 6 * lanes, changed + j, hidden - j);
        RecurrentMemory.Move(TCell.Blocks, copy, lanes, sums + j, hidden, hidden - j);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Turn(T* sums, T* h, T* c)
    {
        int hidden = Layout.Hidden, j = 0;
        for (; j <= hidden - TSimd.Count; j += TSimd.Count)
            TCell.Forward<T, TVector, TSimd>(sums + j, hidden, h + j, c + j, Keeps);
        if (j < hidden)
            Rest(j, sums, h, c);
    }

    /// <summary>The last few units go through a whole vector, too.</summary>
    private readonly void Rest(int j, T* sums, T* h, T* c)
    {
        int hidden = Layout.Hidden, lanes = TSimd.Count, rest = hidden - j;
        T* copy = stackalloc T[7 * lanes];
        new Span<T>(copy, 7 * lanes).Clear();
        RecurrentMemory.Move(TCell.Blocks, sums + j, hidden, copy, lanes, rest);
        T* state = copy + (5 * lanes), cell = copy + (6 * lanes);
        RecurrentMemory.Copy(h, j, state, rest);
        RecurrentMemory.Copy(c, j, cell, rest);
        TCell.Forward<T, TVector, TSimd>(copy, lanes, state, cell, Keeps);
        RecurrentMemory.Copy(state, 0, h + j, rest);
        RecurrentMemory.Copy(cell, 0, c + j, rest);
        if (Keeps)
            RecurrentMemory.Move(Math.Max(TCell.Blocks, TCell.Kept), copy, lanes, sums + j, hidden, rest);
    }
}

/// <summary>Moves rows of numbers.</summary>
internal static unsafe class RecurrentMemory
{
    /// <summary>Copies numbers, or zeros where there is no source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(T* source, nint offset, T* destination, int count)
        where T : unmanaged
    {
        if (source is null)
            new Span<T>(destination, count).Clear();
        else
            new ReadOnlySpan<T>(source + offset, count).CopyTo(new Span<T>(destination, count));
    }

    /// <summary>Copies a few numbers of each of some blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Move<T>(int blocks, T* from, nint fromStride, T* to, nint toStride, int count)
        where T : unmanaged
    {
        for (int k = 0; k < blocks; k++)
            Copy(from, k * fromStride, to + (k * toStride), count);
    }

    /// <summary>The bytes of some numbers, up to the next cache line.</summary>
    public static long Aligned<T>(long count)
        where T : unmanaged => ((count * sizeof(T)) + 63) & ~63L;
}
