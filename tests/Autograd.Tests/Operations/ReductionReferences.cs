using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Reductions;
using static Toolkit.Autograd.Tests.Operations.ReferenceLoops;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What the reductions and what is normalized by them compute, in plain loops over doubles.</summary>
internal static class ReductionReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(ArgMax)] = (o, x) => ArgOf((ArgMax)o, x[0], v => v.Max()),
        [typeof(ArgMin)] = (o, x) => ArgOf((ArgMin)o, x[0], v => v.Min()),
        [typeof(CumProd)] = (o, x) => [CumulativeOf((CumProd)o, x[0], (int)x[1].Data[0], v => v.Aggregate(1.0, (a, b) => a * b))],
        [typeof(CumSum)] = (o, x) => [CumulativeOf((CumSum)o, x[0], (int)x[1].Data[0], v => v.Sum())],
        [typeof(ReduceMax)] = Reduce(v => v.Max()),
        [typeof(ReduceMean)] = Reduce(v => v.Average()),
        [typeof(ReduceMin)] = Reduce(v => v.Min()),
        [typeof(ReduceProd)] = Reduce(v => v.Aggregate(1.0, (a, b) => a * b)),
        [typeof(ReduceSum)] = Reduce(v => v.Sum()),
        [typeof(SumTo)] = (_, x) => [SumToOf(x[0], [.. x[1].Data.Select(size => (int)size)])],
        [typeof(LogSoftmax)] = (o, x) => Unary(Math.Log)(o, [SoftmaxOf(x[0], ((LogSoftmax)o).Axis)]),
        [typeof(Softmax)] = (o, x) => [SoftmaxOf(x[0], ((Softmax)o).Axis)],
        [typeof(LogitCrossEntropy)] = (_, x) =>
        [
            Array64.Make(x[1].Sizes, i => -Math.Log(SoftmaxOf(x[0], 1)[[i[0], (int)x[1][i]]])),
            Unary(Math.Log)(new Log(), [SoftmaxOf(x[0], 1)])[0],
        ],
    };

    private static Func<Operation, Array64[], Array64[]> Reduce(Func<double[], double> f) =>
        (o, x) => ReduceAxes(x[0], AxesOf((Reduction)o, x), ((Reduction)o).KeepDims, f);

    private static int[] AxesOf(Reduction o, Array64[] x)
    {
        int rank = x[0].Sizes.Length;
        if (x.Length > 1 && x[1].Data.Length > 0)
            return [.. x[1].Data.Select(axis => (int)(axis < 0 ? axis + rank : axis))];
        return o.NoopWithEmptyAxes ? [] : [.. Enumerable.Range(0, rank)];
    }

    private static Array64[] ArgOf(ArgReduction o, Array64 x, Func<double[], double> best) =>
        ReduceAxes(x, [o.Axis], o.KeepDims, v => o.SelectLastIndex ? Array.LastIndexOf(v, best(v)) : Array.IndexOf(v, best(v)));

    /// <summary>For each element the elements on its line that count, joined.</summary>
    private static Array64 CumulativeOf(Cumulative o, Array64 x, int axis, Func<double[], double> join)
    {
        int along = axis < 0 ? axis + x.Sizes.Length : axis;
        return Array64.Make(x.Sizes, i =>
        {
            var line = new List<double>();
            for (int k = 0; k < x.Sizes[along]; k++)
            {
                int[] j = [.. i];
                j[along] = k;
                bool counts = o.Reverse ? k > i[along] : k < i[along];
                if (counts || (k == i[along] && !o.Exclusive))
                    line.Add(x.Data[x.Flat(j)]);
            }

            return join([.. line]);
        });
    }

    private static Array64[] ReduceAxes(Array64 x, int[] axes, bool keep, Func<double[], double> f)
    {
        int[] kept = [.. x.Sizes.Select((s, axis) => axes.Contains(axis) ? 1 : s)];
        Array64 result = Array64.Make(kept, i =>
        {
            var group = new List<double>();
            for (int flat = 0; flat < x.Data.Length; flat++)
            {
                int[] j = x.Index(flat);
                if (j.Where((v, axis) => !axes.Contains(axis) && v != i[axis]).Any() is false)
                {
                    group.Add(x.Data[flat]);
                }
            }

            return f([.. group]);
        });
        return [keep ? result : Copy(result, [.. kept.Where((_, axis) => !axes.Contains(axis))])];
    }

    private static Array64 SoftmaxOf(Array64 x, int axis) => Array64.Make(x.Sizes, i =>
    {
        double sum = 0;
        for (int k = 0; k < x.Sizes[axis]; k++)
        {
            int[] j = [.. i];
            j[axis] = k;
            sum += Math.Exp(x[j]);
        }

        return Math.Exp(x[i]) / sum;
    });

    private static Array64 SumToOf(Array64 x, int[] sizes)
    {
        var sum = new Array64(sizes);
        for (int flat = 0; flat < x.Data.Length; flat++)
        {
            int[] at = x.Index(flat)[(x.Sizes.Length - sizes.Length)..];
            sum.Data[sum.Flat([.. at.Select((index, axis) => sizes[axis] == 1 ? 0 : index)])] += x.Data[flat];
        }

        return sum;
    }
}
