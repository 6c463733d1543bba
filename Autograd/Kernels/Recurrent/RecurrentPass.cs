using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolkit.Autograd.Kernels;

/// <summary>Recurrent operators and their gradients: what is the same for all turns as one product, the turns themselves in parts of the batch, which know nothing of each other.
/// A number's bits depend on the sizes alone, not on the number of threads.</summary>
internal static unsafe class RecurrentPass
{
    /// <summary>The results.</summary>
    public static void Forward<T, TCell>(in RecurrentPointers<T> p, Workers workers)
        where T : unmanaged, INumber<T>
        where TCell : struct, IRecurrentCell
    {
        switch (SimdWidths.Best)
        {
            case SimdWidth.Vector512: RecurrentPass<T, Vector512<T>, Simd512<T>, TCell>.Forward(p, workers); break;
            case SimdWidth.Vector256: RecurrentPass<T, Vector256<T>, Simd256<T>, TCell>.Forward(p, workers); break;
            default: RecurrentPass<T, Vector128<T>, Simd128<T>, TCell>.Forward(p, workers); break;
        }
    }

    /// <summary>The gradients.</summary>
    public static void Backward<T, TCell>(in RecurrentPointers<T> p, Workers workers)
        where T : unmanaged, INumber<T>
        where TCell : struct, IRecurrentCell
    {
        switch (SimdWidths.Best)
        {
            case SimdWidth.Vector512: RecurrentPass<T, Vector512<T>, Simd512<T>, TCell>.Backward(p, workers); break;
            case SimdWidth.Vector256: RecurrentPass<T, Vector256<T>, Simd256<T>, TCell>.Backward(p, workers); break;
            default: RecurrentPass<T, Vector128<T>, Simd128<T>, TCell>.Backward(p, workers); break;
        }
    }
}

/// <summary>The passes for a type, a vector width and a cell.</summary>
internal static unsafe class RecurrentPass<T, TVector, TSimd, TCell>
    where T : unmanaged, INumber<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
    where TCell : struct, IRecurrentCell
{
    /// <summary>The gates that have a block for the input alone.</summary>
    private static int Apart => TCell.Gates - TCell.Split;

    /// <summary>The gates whose product with the state does not wait for others.</summary>
    private static int Early => TCell.Gates - TCell.Late;

    public static void Forward(in RecurrentPointers<T> p, Workers workers)
    {
        RecurrentLayout layout = p.Layout;
        (int hidden, int gates, int directions, bool keeps) = (layout.Hidden, TCell.Gates, layout.Directions, p.Kept is not null);
        int width = (keeps ? Math.Max(TCell.Blocks, TCell.Kept) : TCell.Blocks) * hidden, parts = Parts(layout, workers, directions);
        nint packedLate = (nint)GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.PackedCount(hidden, Early * hidden);
        nint packedCount = packedLate + (nint)GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.PackedCount(hidden, TCell.Late * hidden);
        long own = RecurrentForward<T, TVector, TSimd, TCell>.Needed(layout, parts);
        using Scratch sumsScratch = workers.Rent(keeps ? 0 : (long)directions * layout.Rows * width * sizeof(T));
        using Scratch packed = workers.Rent(directions * packedCount * sizeof(T));
        using Scratch bias = workers.Rent((long)directions * (gates + Apart) * hidden * sizeof(T));
        using Scratch scratch = workers.Rent(own * workers.Threads);
        T* sums = keeps ? p.Kept : (T*)sumsScratch.Pointer, biases = (T*)bias.Pointer;
        int biasStep = (gates + Apart) * hidden;
        for (int d = 0; d < directions; d++)
        {
            T* weights = p.InputWeights + ((nint)d * gates * hidden * layout.Inputs), to = sums + ((nint)d * layout.Rows * width), addend = biases + ((nint)d * biasStep);
            AddBiases(p.Bias is null ? null : p.Bias + ((nint)d * 2 * gates * hidden), addend, hidden);
            Product(p.X, weights, to + (TCell.First * hidden), addend, TCell.Split * hidden);
            if (Apart > 0)
                Product(p.X, weights + ((nint)TCell.Split * hidden * layout.Inputs), to, addend + (TCell.Split * hidden), Apart * hidden);
            T* recurrent = p.RecurrentWeights + ((nint)d * gates * hidden * hidden), panel = (T*)packed.Pointer + (d * packedCount);
            GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.Pack(new MatrixPanel<T>(recurrent, hidden, true), hidden, Early * hidden, panel);
            GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.Pack(
                new MatrixPanel<T>(recurrent + ((nint)Early * hidden * hidden), hidden, true), hidden, TCell.Late * hidden, panel + packedLate);
        }

        workers.For(
            parts * directions,
            new RecurrentForward<T, TVector, TSimd, TCell>
            {
                Layout = layout,
                Sums = sums,
                Width = width,
                Weights = (T*)packed.Pointer,
                PackedCount = packedCount,
                PackedLate = packedLate,
                Bias = biases + (gates * hidden),
                BiasStep = biasStep,
                Lengths = p.Lengths,
                InitialState = p.InitialState,
                InitialCell = p.InitialCell,
                Result = p.Result,
                LastState = p.LastState,
                LastCell = p.LastCell,
                Keeps = keeps,
                Parts = parts,
                Scratch = scratch.Pointer,
                ScratchBytes = own,
            });

        void Product(T* x, T* weights, T* to, T* addend, int columns) => Multiply(
            false, true, layout.Rows, columns, layout.Inputs, x, layout.Inputs, weights, layout.Inputs, T.Zero, to, width, workers, addend);
    }

    public static void Backward(in RecurrentPointers<T> p, Workers workers)
    {
        RecurrentLayout layout = p.Layout;
        (int hidden, int gates, int rows, int inputs) = (layout.Hidden, TCell.Gates, layout.Rows, layout.Inputs);
        int width = TCell.Blocks * hidden, parts = Parts(layout, workers, 1);
        long own = RecurrentBackward<T, TVector, TSimd, TCell>.Needed(layout, parts);
        using Scratch sumsScratch = workers.Rent((long)rows * width * sizeof(T));
        int beforeWidth = RecurrentBackward<T, TVector, TSimd, TCell>.BeforeWidth(layout);
        nint packedLate = (nint)GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.PackedCount(Early * hidden, hidden);
        using Scratch beforeScratch = workers.Rent(p.OfRecurrentWeights is null ? 0 : (long)rows * beforeWidth * sizeof(T));
        using Scratch packed = workers.Rent((packedLate + GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.PackedCount(TCell.Late * hidden, hidden)) * sizeof(T));
        using Scratch ones = workers.Rent(p.OfBias is null ? 0 : (long)rows * sizeof(T));
        using Scratch scratch = workers.Rent(own * workers.Threads);
        T* sums = (T*)sumsScratch.Pointer, before = p.OfRecurrentWeights is null ? null : (T*)beforeScratch.Pointer, one = (T*)ones.Pointer;
        if (p.OfBias is not null)
            new Span<T>(one, rows).Fill(T.One);
        T* withState = sums + (TCell.First * hidden);
        for (int d = 0; d < layout.Directions; d++)
        {
            T* recurrent = p.RecurrentWeights + ((nint)d * gates * hidden * hidden);
            GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.Pack(new MatrixPanel<T>(recurrent, hidden, false), Early * hidden, hidden, (T*)packed.Pointer);
            GemmBlocks<T, TVector, TSimd, MatrixPanel<T>>.Pack(
                new MatrixPanel<T>(recurrent + ((nint)Early * hidden * hidden), hidden, false), TCell.Late * hidden, hidden, (T*)packed.Pointer + packedLate);
            workers.For(
                parts,
                new RecurrentBackward<T, TVector, TSimd, TCell>
                {
                    Layout = layout,
                    Direction = d,
                    Kept = p.Kept is null ? null : p.Kept + ((nint)d * rows * TCell.Kept * hidden),
                    Result = p.Result,
                    Weights = (T*)packed.Pointer,
                    PackedLate = packedLate,
                    Lengths = p.Lengths,
                    InitialState = p.InitialState,
                    InitialCell = p.InitialCell,
                    OfResult = p.OfResult,
                    OfLastState = p.OfLastState,
                    OfLastCell = p.OfLastCell,
                    Sums = sums,
                    Before = before,
                    OfInitialState = p.OfInitialState,
                    OfInitialCell = p.OfInitialCell,
                    Parts = parts,
                    Scratch = scratch.Pointer,
                    ScratchBytes = own,
                });
            nint ofGates = (nint)gates * hidden;
            if (p.OfX is not null)
            {
                T* weights = p.InputWeights + (d * ofGates * inputs);
                Multiply(false, false, rows, inputs, TCell.Split * hidden, withState, width, weights, inputs, d == 0 ? T.Zero : T.One, p.OfX, inputs, workers);
                if (Apart > 0)
                    Multiply(false, false, rows, inputs, Apart * hidden, sums, width, weights + ((nint)TCell.Split * hidden * inputs), inputs, T.One, p.OfX, inputs, workers);
            }

            if (p.OfInputWeights is not null)
                ByGate(p.X, inputs, p.OfInputWeights + (d * ofGates * inputs));
            if (p.OfRecurrentWeights is not null)
            {
                T* ofRecurrent = p.OfRecurrentWeights + (d * ofGates * hidden);
                Multiply(true, false, Early * hidden, hidden, rows, withState, width, before, beforeWidth, T.Zero, ofRecurrent, hidden, workers);
                if (TCell.Late > 0)
                {
                    Multiply(
                        true, false, TCell.Late * hidden, hidden, rows, withState + (Early * hidden), width, before + hidden, beforeWidth, T.Zero,
                        ofRecurrent + ((nint)Early * hidden * hidden), hidden, workers);
                }
            }

            if (p.OfBias is not null)
            {
                T* ofBias = p.OfBias + (d * 2 * ofGates);
                Multiply(false, false, 1, TCell.Split * hidden, rows, one, rows, withState, width, T.Zero, ofBias, gates * hidden, workers);
                if (Apart > 0)
                    Multiply(false, false, 1, Apart * hidden, rows, one, rows, sums, width, T.Zero, ofBias + (TCell.Split * hidden), gates * hidden, workers);

                // Gates that input and state share have the same gradient of both biases.
                if (Apart == 0)
                    new ReadOnlySpan<T>(ofBias, gates * hidden).CopyTo(new Span<T>(ofBias + ofGates, gates * hidden));
                else
                    Multiply(false, false, 1, gates * hidden, rows, one, rows, withState, width, T.Zero, ofBias + ofGates, gates * hidden, workers);
            }
        }

        void ByGate(T* x, int columns, T* to)
        {
            Multiply(true, false, TCell.Split * hidden, columns, rows, withState, width, x, columns, T.Zero, to, columns, workers);
            if (Apart > 0)
                Multiply(true, false, Apart * hidden, columns, rows, sums, width, x, columns, T.Zero, to + ((nint)TCell.Split * hidden * columns), columns, workers);
        }
    }

    /// <summary>The parts of a batch: enough for all threads. What a part gives does not depend on which examples are in it.</summary>
    private static int Parts(in RecurrentLayout layout, Workers workers, int directions) =>
        Math.Max(1, Math.Min(layout.Batch, (workers.Threads + directions - 1) / directions));

    /// <summary>The addends of the sums: those of gates that input and state share added up, those of the others for the input and then for the state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBiases(T* bias, T* to, int hidden)
    {
        int shared = TCell.Split * hidden, all = TCell.Gates * hidden;
        if (bias is null)
        {
            new Span<T>(to, all + (Apart * hidden)).Clear();
            return;
        }

        for (int i = 0; i < all; i++)
            to[i] = i < shared ? bias[i] + bias[all + i] : bias[i];
        for (int i = shared; i < all; i++)
            to[all + i - shared] = bias[all + i];
    }

    /// <summary>C = op(A)·op(B) + β·C + bias; 0 where nothing is to be added up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(
        bool transposeA, bool transposeB, int m, int n, int k, T* a, int lda, T* b, int ldb, T beta, T* c, int ldc, Workers workers, T* bias = null)
    {
        if (k == 0 && beta == T.Zero && bias is null)
        {
            for (int i = 0; i < m; i++)
                new Span<T>(c + ((nint)i * ldc), n).Clear();
            return;
        }

        Gemm.Multiply(
            SimdWidths.Best, transposeA, transposeB, m, n, k, T.One, Matrix(a, transposeA ? k : m, transposeA ? m : k, lda), lda,
            Matrix(b, transposeB ? n : k, transposeB ? k : n, ldb), ldb, beta, new Span<T>(c, Count(m, n, ldc)), ldc, workers,
            new GemmEpilogue<T> { Bias = bias is null ? [] : new ReadOnlySpan<T>(bias, n) });
    }

    private static ReadOnlySpan<T> Matrix(T* start, int rows, int columns, int leading) => new(start, Count(rows, columns, leading));

    private static int Count(int rows, int columns, int leading) => rows == 0 || columns == 0 ? 0 : checked(((rows - 1) * leading) + columns);
}
