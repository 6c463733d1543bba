using System.Numerics;
using System.Runtime.CompilerServices;

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

    /// <summary>The recurrent weights of the direction, packed to be multiplied by gradients of sums: those of the gates that are not late, then those of the late ones.</summary>
    public T* Weights;

    /// <summary>Where the weights of the late gates begin.</summary>
    public nint PackedLate;

    public int* Lengths;
    public T* InitialState;
    public T* InitialCell;
    public T* OfResult;
    public T* OfLastState;
    public T* OfLastCell;

    /// <summary>Receives for each row of x the gradients of its sums.</summary>
    public T* Sums;

    /// <summary>Receives for each row of x the state before its turn, and beside it what late gates read instead; or null.</summary>
    public T* Before;

    public T* OfInitialState;
    public T* OfInitialCell;
    public int Parts;
    public byte* Scratch;
    public long ScratchBytes;

    /// <summary>The width of a row of <see cref="Before"/>.</summary>
    public static int BeforeWidth(in RecurrentLayout layout) => TCell.Late > 0 ? 2 * layout.Hidden : layout.Hidden;

    private readonly int Width => TCell.Blocks * Layout.Hidden;

    /// <summary>The scratch memory of a part.</summary>
    public static long Needed(in RecurrentLayout layout, int parts)
    {
        int rows = layout.PartSize(parts), h = layout.Hidden;
        return (RecurrentMemory.Aligned<T>((long)rows * h) * 2) + RecurrentMemory.Aligned<T>(h)
            + Math.Max(Product(TCell.Gates - TCell.Late), Product(TCell.Late));

        long Product(int gates) => GemmBlocks<T, TVector, TSimd, PackedPanel<T>>.ScratchBytes(rows, h, gates * h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
            T* withState = Sums + ((nint)Layout.Row(t, first) * Width) + (TCell.First * hidden);
            if (TCell.Late > 0)
            {
                Multiply(withState + ((TCell.Gates - TCell.Late) * hidden), TCell.Late, Weights + PackedLate, count, T.Zero, dc, product);
                for (int i = 0; i < count; i++)
                    TurnReset(t, isReverse, first + i, dh + ((nint)i * hidden), dc + ((nint)i * hidden), zeros);
            }

            if (turn > 0 || OfInitialState is not null)
                Multiply(withState, TCell.Gates - TCell.Late, Weights, count, T.One, dh, product);
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

    private readonly void Multiply(T* sums, int gates, T* weights, int count, T beta, T* to, byte* scratch)
    {
        int hidden = Layout.Hidden, width = GemmBlocks<T, TVector, TSimd, PackedPanel<T>>.Width;
        GemmProblem<T> problem = new()
        {
            M = count,
            N = hidden,
            K = gates * hidden,
            Alpha = T.One,
            Beta = beta,
            A = sums,
            Lda = (nint)Layout.RowStep * Width,
            C = to,
            Ldc = hidden,
        };
        GemmBlocks<T, TVector, TSimd, PackedPanel<T>>.Run(problem, new PackedPanel<T>(weights, (hidden + width - 1) / width, width), 0, count, 0, hidden, scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Turn(int t, bool isReverse, int example, T* dh, T* dc, T* zeros)
    {
        int hidden = Layout.Hidden, row = Layout.Row(t, example), width = BeforeWidth(Layout);
        T* sums = Sums + ((nint)row * Width);
        T* copy = Before is null ? null : Before + ((nint)row * width);
        if (t >= Length(example))
        {
            // Nothing was read: the states pass, and so do their gradients.
            new Span<T>(sums, Width).Clear();
            if (copy is not null)
                new Span<T>(copy, width).Clear();
            return;
        }

        bool isFirst = IsFirst(t, isReverse, example);
        int earlier = isReverse ? t + 1 : t - 1;
        T* before = StateBefore(t, isReverse, example, zeros);
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

    private readonly int Length(int example) => Lengths is null ? Layout.Time : Math.Min(Lengths[example], Layout.Time);

    private readonly bool IsFirst(int t, bool isReverse, int example) => t == (isReverse ? Length(example) - 1 : 0);

    private readonly T* StateBefore(int t, bool isReverse, int example, T* zeros) =>
        !IsFirst(t, isReverse, example) ? Result + Layout.Result(isReverse ? t + 1 : t - 1, Direction, example)
        : InitialState is null ? zeros : InitialState + Layout.State(Direction, example);

    /// <summary>From the gradients of what late gates read, which lie where those of the cell would.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void TurnReset(int t, bool isReverse, int example, T* dh, T* dc, T* zeros)
    {
        if (t >= Length(example))
            return;
        int hidden = Layout.Hidden, row = Layout.Row(t, example), lanes = TSimd.Count, j = 0;
        T* kept = Kept + ((nint)row * TCell.Kept * hidden), before = StateBefore(t, isReverse, example, zeros), sums = Sums + ((nint)row * Width);

        // What is not wanted goes over the gradient that was read.
        T* changed = Before is null ? dc : Before + ((nint)row * BeforeWidth(Layout)) + hidden;
        for (; j <= hidden - lanes; j += lanes)
            TCell.BackwardReset<T, TVector, TSimd>(kept + j, hidden, before + j, dc + j, dh + j, sums + j, hidden, changed + j);
        if (j == hidden)
            return;
        int rest = hidden - j;
        T* copy = stackalloc T[14 * lanes];
        new Span<T>(copy, 14 * lanes).Clear();
        T* own = copy + (5 * lanes), results = own + (4 * lanes);
        RecurrentMemory.Move(TCell.Kept, kept + j, hidden, copy, lanes, rest);
        RecurrentMemory.Move(TCell.Blocks, sums + j, hidden, results, lanes, rest);
        RecurrentMemory.Copy(before, j, own, rest);
        RecurrentMemory.Copy(dc, j, own + lanes, rest);
        RecurrentMemory.Copy(dh, j, own + (2 * lanes), rest);
        TCell.BackwardReset<T, TVector, TSimd>(copy, lanes, own, own + lanes, own + (2 * lanes), results, lanes, own + (3 * lanes));
        RecurrentMemory.Copy(own, 2 * lanes, dh + j, rest);
        RecurrentMemory.Copy(own, 3 * lanes, changed + j, rest);
        RecurrentMemory.Move(TCell.Blocks, results, lanes, sums + j, hidden, rest);
    }

    /// <summary>The last few units go through a whole vector, too.</summary>
    private readonly void Rest(int j, T* kept, T* before, T* cell, T* outside, T* dh, T* dc, T* sums)
    {
        int lanes = TSimd.Count, hidden = Layout.Hidden, rest = hidden - j;
        T* copy = stackalloc T[14 * lanes];
        new Span<T>(copy, 14 * lanes).Clear();
        RecurrentMemory.Move(Math.Max(TCell.Kept, 1), kept + j, hidden, copy, lanes, rest);
        T* own = copy + (5 * lanes), results = own + (5 * lanes);
        RecurrentMemory.Copy(before, j, own, rest);
        RecurrentMemory.Copy(cell, j, own + lanes, rest);
        RecurrentMemory.Copy(outside, j, own + (2 * lanes), rest);
        RecurrentMemory.Copy(dh, j, own + (3 * lanes), rest);
        RecurrentMemory.Copy(dc, j, own + (4 * lanes), rest);
        TCell.Backward<T, TVector, TSimd>(copy, lanes, own, own + lanes, own + (2 * lanes), own + (3 * lanes), own + (4 * lanes), results, lanes);
        RecurrentMemory.Copy(own, 3 * lanes, dh + j, rest);
        RecurrentMemory.Copy(own, 4 * lanes, dc + j, rest);
        RecurrentMemory.Move(TCell.Blocks, results, lanes, sums + j, hidden, rest);
    }
}
