using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
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
        [typeof(ArgMax)] = (o, x) => ReduceAxes(x[0], [((ArgMax)o).Axis], ((ArgMax)o).KeepDims, v => Array.IndexOf(v, v.Max())),
        [typeof(GlobalAveragePool)] = (_, x) => ReduceAxes(x[0], [.. Enumerable.Range(2, x[0].Sizes.Length - 2)], true, v => v.Average()),
        [typeof(ReduceMax)] = Reduce(v => v.Max()),
        [typeof(ReduceMean)] = Reduce(v => v.Average()),
        [typeof(ReduceMin)] = Reduce(v => v.Min()),
        [typeof(ReduceProd)] = Reduce(v => v.Aggregate(1.0, (a, b) => a * b)),
        [typeof(ReduceSum)] = Reduce(v => v.Sum()),
        [typeof(SumTo)] = (_, x) => [SumToOf(x[0], [.. x[1].Data.Select(size => (int)size)])],
        [typeof(BatchNormalization)] = (o, x) =>
        [
            Array64.Make(x[0].Sizes, i => (x[1][i[1]] * (x[0][i] - x[3][i[1]]) / Math.Sqrt(x[4][i[1]] + ((BatchNormalization)o).Epsilon)) + x[2][i[1]]),
        ],
        [typeof(LogSoftmax)] = (o, x) => Unary(Math.Log)(o, [SoftmaxOf(x[0], ((LogSoftmax)o).Axis)]),
        [typeof(Softmax)] = (o, x) => [SoftmaxOf(x[0], ((Softmax)o).Axis)],
        [typeof(LogitCrossEntropy)] = (_, x) =>
        [
            Array64.Make(x[1].Sizes, i => -Math.Log(SoftmaxOf(x[0], 1)[[i[0], (int)x[1][i]]])),
            Unary(Math.Log)(new Log(), [SoftmaxOf(x[0], 1)])[0],
        ],
    };

    private static Func<Operation, Array64[], Array64[]> Reduce(Func<double[], double> f) =>
        (o, x) => ReduceAxes(x[0], [.. ((Reduction)o).Axes], ((Reduction)o).KeepDims, f);

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
