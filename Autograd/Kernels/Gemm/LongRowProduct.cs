using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>
/// The product of one long row with a matrix: pieces of 128 terms are summed each for itself and their sums joined pairwise, so that the error grows with
/// the logarithm of the length. One job computes some pieces.
/// </summary>
internal unsafe struct LongRowProduct<T> : IJob
    where T : unmanaged, INumber<T>
{
    private const int Piece = 128;

    // Below this many elements of the matrix per job, handing it over costs more than it saves.
    private const int SmallestJob = 64 * 1024;

    private GemmProblem<T> problem;
    private T* b;
    private int ldb;
    private T* sums;
    private int pieces;
    private int piecesPerJob;

    public static void Run(in GemmProblem<T> problem, T* b, int ldb, Workers workers)
    {
        int pieces = (int)(((long)problem.K + Piece - 1) / Piece), n = problem.N;
        int perJob = Math.Max(1, SmallestJob / (int)Math.Min(SmallestJob, (long)Piece * n));
        using Scratch scratch = workers.Rent((long)pieces * n * sizeof(T));
        T* sums = (T*)scratch.Pointer;
        workers.For(
            ((pieces - 1) / perJob) + 1,
            new LongRowProduct<T> { problem = problem, b = b, ldb = ldb, sums = sums, pieces = pieces, piecesPerJob = perJob });
        for (long step = 1; step < pieces; step *= 2)
        {
            for (long piece = 0; piece + step < pieces; piece += 2 * step)
            {
                T* to = sums + ((nint)piece * n), from = to + ((nint)step * n);
                for (int j = 0; j < n; j++)
                    to[j] += from[j];
            }
        }

        for (int j = 0; j < n; j++)
        {
            T value = problem.Alpha * sums[j];
            if (problem.Beta != T.Zero)
                value += problem.Beta * problem.C[j];
            if (problem.ColumnBias is not null)
                value += problem.ColumnBias[j];
            if (problem.RowBias is not null)
                value += problem.RowBias[0];
            problem.C[j] = problem.Relu && value < T.Zero ? T.Zero : value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Execute(int index, int participant)
    {
        int last = (int)Math.Min(pieces, (index + 1L) * piecesPerJob), n = problem.N;
        nint step = problem.TransposeA ? problem.Lda : 1;
        for (int piece = index * piecesPerJob; piece < last; piece++)
        {
            Span<T> to = new(sums + ((nint)piece * n), n);
            int end = (int)Math.Min(problem.K, (piece + 1L) * Piece);
            if (n == 1)
            {
                to[0] = Dot(piece * Piece, end, step);
                continue;
            }

            to.Clear();
            for (int p = piece * Piece; p < end; p++)
                TensorPrimitives.MultiplyAdd(new ReadOnlySpan<T>(b + ((nint)p * ldb), n), problem.A[p * step], to, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly T Dot(int first, int end, nint step)
    {
        T sum = T.Zero;
        for (int p = first; p < end; p++)
            sum += problem.A[p * step] * b[(nint)p * ldb];
        return sum;
    }
}
