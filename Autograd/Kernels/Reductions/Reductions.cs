using System.Numerics;

namespace Toolkit.Autograd.Kernels;

/// <summary>Reductions over any set of axes (ONNX ReduceSum, ReduceMean, ReduceMax, ReduceMin, ReduceProd).</summary>
/// <remarks>
/// Sums are blocked and joined pairwise, so the relative error grows with the logarithm of the number of terms. Blocks depend on the
/// shape alone: bits do not depend on the number of threads.
/// </remarks>
internal static unsafe class Reductions
{
    /// <summary>Reduces <paramref name="x"/> over the marked axes into <paramref name="y"/>, which has the other axes in order.</summary>
    /// <param name="kind">What to compute.</param>
    /// <param name="x">Input, row-major; T is float, double, int or long.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="reducedAxes">For each axis whether it is reduced.</param>
    /// <param name="y">Result, overwritten.</param>
    /// <param name="workers">Threads and scratch memory.</param>
    public static void Reduce<T>(
        ReductionKind kind, ReadOnlySpan<T> x, ReadOnlySpan<int> shape, ReadOnlySpan<bool> reducedAxes, Span<T> y, Workers workers)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        ReductionAxes axes = new(shape, reducedAxes);
        if (x.Length < axes.Outputs * axes.Terms || y.Length < axes.Outputs)
            throw new ArgumentException($"The reduction takes {axes.Outputs * axes.Terms} values to {axes.Outputs}; the spans have {x.Length} and {y.Length}.");
        switch (kind)
        {
            case ReductionKind.Sum: ReductionJob<T, SumReducer<T>>.Run(axes, x, y, workers); break;
            case ReductionKind.Prod: ReductionJob<T, ProdReducer<T>>.Run(axes, x, y, workers); break;
            case ReductionKind.Max: ReductionJob<T, MaxReducer<T>>.Run(axes, x, y, workers); break;
            case ReductionKind.Min: ReductionJob<T, MinReducer<T>>.Run(axes, x, y, workers); break;
            case ReductionKind.Mean:
                ReductionJob<T, SumReducer<T>>.Run(axes, x, y, workers);
                T count = T.CreateChecked(axes.Terms);
                foreach (ref T value in y[..(int)axes.Outputs])
                    value /= count;
                break;
            default: throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown reduction.");
        }
    }
}
