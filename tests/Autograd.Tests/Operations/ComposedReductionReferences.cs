using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Reductions;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What norms and logarithms of sums compute, in plain loops over doubles.</summary>
internal static class ComposedReductionReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(ReduceL1)] = Sum(Math.Abs, v => v),
        [typeof(ReduceL2)] = Sum(v => v * v, Math.Sqrt),
        [typeof(ReduceLogSum)] = Sum(v => v, Math.Log),
        [typeof(ReduceLogSumExp)] = Sum(Math.Exp, Math.Log),
        [typeof(ReduceSumSquare)] = Sum(v => v * v, v => v),
    };

    private static Func<Operation, Array64[], Array64[]> Sum(Func<double, double> term, Func<double, double> end) => (o, x) =>
    {
        var operation = (ComposedReduction)o;
        int rank = x[0].Sizes.Length;
        int[] axes = x.Length > 1 && x[1].Data.Length > 0
            ? [.. x[1].Data.Select(axis => (int)(axis < 0 ? axis + rank : axis))]
            : operation.NoopWithEmptyAxes ? [] : [.. Enumerable.Range(0, rank)];
        var kept = new Array64([.. x[0].Sizes.Select((size, axis) => axes.Contains(axis) ? 1 : size)]);
        for (int flat = 0; flat < x[0].Data.Length; flat++)
            kept.Data[kept.Flat([.. x[0].Index(flat).Select((index, axis) => axes.Contains(axis) ? 0 : index)])] += term(x[0].Data[flat]);
        Array64 result = Array64.Make(kept.Sizes, i => end(kept[i]));
        return [operation.KeepDims ? result : ReferenceLoops.Copy(result, [.. kept.Sizes.Where((_, axis) => !axes.Contains(axis))])];
    };
}
