using System.Numerics;

namespace Toolkit.Autograd.Kernels;

/// <summary>The turns of a part of the examples in one direction, from the last to the first: the gradients of all sums and of the states before the first turn.</summary>
internal unsafe struct RecurrentBackward<T, TVector, TSimd, TCell> : IJob
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
    where TCell : struct, IRecurrentCell
{
    public RecurrentLayout Layout;
    public int Direction;

    /// <summary>What was kept of the direction, a row of <c>TCell.Kept</c> blocks for each row of x; null where the result is enough.</summary>
    public T* Kept;
    public T* Result;

    /// <summary>The recurrent weights of the direction, packed to be multiplied by gradients of sums.</summary>
    public T* Weights;

    public int* Lengths;
    public T* InitialState;
    public T* InitialCell;
    public T* OfResult;
    public T* OfLastState;
    public T* OfLastCell;

    /// <summary>Receives for each row of x the gradients of its sums.</summary>
    public T* Sums;

    /// <summary>Receives for each row of x the state before its turn, or null.</summary>
    public T* Before;

    public T* OfInitialState;
    public T* OfInitialCell;
    public int Parts;
    public byte* Scratch;
    public long ScratchBytes;

    private readonly int Width => TCell.Blocks * Layout.Hidden;

    /// <summary>The scratch memory of a part.</summary>
    public static long Needed(in RecurrentLayout layout, int parts)
    {
        int rows = layout.PartSize(parts), h = layout.Hidden;
        return (RecurrentMemory.Aligned<T>((long)rows * h) * 2) + RecurrentMemory.Aligned<T>(h)
            + GemmBlocks<T, TVector, TSimd, PackedPanel<T>>.ScratchBytes(rows, h, TCell.Gates * h);
    }

    public readonly void Execute(int index, int participant)
    {
        int size = Layout.PartSize(Parts), first = index * size, count = Math.Min(size, Layout.Batch - first), hidden = Layout.Hidden;
        if (count <= 0)
            return;
        byte* own = Scratch + (participant * ScratchBytes);
        T* dh = (T*)own, dc = (T*)(own + RecurrentMemory.Aligned<T>((long)size * hidden));
        T* zeros = (T*)((byte*)dc + RecurrentMemory.Aligned<T>((long)size * hidden));
        byte* product = (byte*)zeros + RecurrentMemory.Aligned<T>(hidden);
        new Span<T>(zeros, hidden).Clear();
        for (int i = 0; i < count; i++)
        {
            RecurrentMemory.Copy(OfLastState, Layout.State(Direction, first + i), dh + ((nint)i * hidden), hidden);
            RecurrentMemory.Copy(OfLastCell, Layout.State(Direction, first + i), dc + ((nint)i * hidden), hidden);
        }

        bool isReverse = Layout.IsReverse(Direction);
        for (int turn = Layout.Time - 1; turn >= 0; turn--)
        {
            int t = isReverse ? Layout.Time - 1 - turn : turn;
            for (int i = 0; i < count; i++)
                Turn(t, isReverse, first + i, dh + ((nint)i * hidden), dc + ((nint)i * hidden), zeros);
            if (turn > 0 || OfInitialState is not null)
                Multiply(Sums + ((nint)Layout.Row(t, first) * Width) + (TCell.First * hidden), count, dh, product);
        }

        for (int i = 0; i < count; i++)
        {
            nint place = Layout.State(Direction, first + i);
            if (OfInitialState is not null)
                RecurrentMemory.Copy(dh, (nint)i * hidden, OfInitialState + place, hidden);
            if (OfInitialCell is not null)
                RecurrentMemory.Copy(dc, (nint)i * hidden, OfInitialCell + place, hidden);
        }
    }

    private readonly void Multiply(T* sums, int count, T* dh, byte* scratch)
    {
        int hidden = Layout.Hidden, width = GemmBlocks<T, TVector, TSimd, PackedPanel<T>>.Width;
        GemmProblem<T> problem = new()
        {
            M = count,
            N = hidden,
            K = TCell.Gates * hidden,
            Alpha = T.One,
            Beta = T.One,
            A = sums,
            Lda = (nint)Layout.RowStep * Width,
            C = dh,
            Ldc = hidden,
        };
        GemmBlocks<T, TVector, TSimd, PackedPanel<T>>.Run(problem, new PackedPanel<T>(Weights, (hidden + width - 1) / width, width), 0, count, 0, hidden, scratch);
    }

    private readonly void Turn(int t, bool isReverse, int example, T* dh, T* dc, T* zeros)
    {
        int hidden = Layout.Hidden, row = Layout.Row(t, example), length = Lengths is null ? Layout.Time : Math.Min(Lengths[example], Layout.Time);
        T* sums = Sums + ((nint)row * Width);
        T* copy = Before is null ? null : Before + ((nint)row * hidden);
        if (t >= length)
        {
            // Nothing was read: the states pass, and so do their gradients.
            new Span<T>(sums, Width).Clear();
            if (copy is not null)
                new Span<T>(copy, hidden).Clear();
            return;
        }

        bool isFirst = isReverse ? t == length - 1 : t == 0;
        int earlier = isReverse ? t + 1 : t - 1;
        T* before = !isFirst ? Result + Layout.Result(earlier, Direction, example) : InitialState is null ? zeros : InitialState + Layout.State(Direction, example);
        T* cell = zeros;
        if (TCell.Kept > TCell.Blocks)
        {
            cell = !isFirst ? Kept + ((((nint)Layout.Row(earlier, example) * TCell.Kept) + TCell.Blocks) * hidden)
                : InitialCell is null ? zeros : InitialCell + Layout.State(Direction, example);
        }

        T* kept = TCell.Kept == 0 ? Result + Layout.Result(t, Direction, example) : Kept + ((nint)row * TCell.Kept * hidden);
        T* outside = OfResult is null ? zeros : OfResult + Layout.Result(t, Direction, example);
        if (copy is not null)
            RecurrentMemory.Copy(before, 0, copy, hidden);
        int j = 0;
        for (; j <= hidden - TSimd.Count; j += TSimd.Count)
            TCell.Backward<T, TVector, TSimd>(kept + j, hidden, before + j, cell + j, outside + j, dh + j, dc + j, sums + j, hidden);
        if (j < hidden)
            Rest(j, kept, before, cell, outside, dh, dc, sums);
    }

    /// <summary>The last few units go through a whole vector, too.</summary>
    private readonly void Rest(int j, T* kept, T* before, T* cell, T* outside, T* dh, T* dc, T* sums)
    {
        int lanes = TSimd.Count, hidden = Layout.Hidden, rest = hidden - j;
        T* copy = stackalloc T[14 * lanes];
        new Span<T>(copy, 14 * lanes).Clear();
        for (int k = 0; k < Math.Max(TCell.Kept, 1); k++)
            RecurrentMemory.Copy(kept, ((nint)k * hidden) + j, copy + (k * lanes), rest);
        T* own = copy + (5 * lanes), results = own + (5 * lanes);
        RecurrentMemory.Copy(before, j, own, rest);
        RecurrentMemory.Copy(cell, j, own + lanes, rest);
        RecurrentMemory.Copy(outside, j, own + (2 * lanes), rest);
        RecurrentMemory.Copy(dh, j, own + (3 * lanes), rest);
        RecurrentMemory.Copy(dc, j, own + (4 * lanes), rest);
        TCell.Backward<T, TVector, TSimd>(copy, lanes, own, own + lanes, own + (2 * lanes), own + (3 * lanes), own + (4 * lanes), results, lanes);
        RecurrentMemory.Copy(own, 3 * lanes, dh + j, rest);
        RecurrentMemory.Copy(own, 4 * lanes, dc + j, rest);
        for (int k = 0; k < TCell.Blocks; k++)
            RecurrentMemory.Copy(results, k * lanes, sums + ((nint)k * hidden) + j, rest);
    }
}
