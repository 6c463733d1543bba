using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Indexing;
using static Toolkit.Autograd.Tests.Operations.ReferenceLoops;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What the operations that pick and place by index compute, in plain loops over doubles.</summary>
internal static class IndexingReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Compress)] = (o, x) => CompressOf((Compress)o, x[0], x[1]),
        [typeof(Gather)] = (o, x) => GatherOf((Gather)o, x[0], x[1]),
        [typeof(GatherGradient)] = (o, x) => ScatterOf((GatherGradient)o, x[0], x[1], (int)x[2].Data[0]),
        [typeof(GatherElements)] = (o, x) => [Array64.Make(x[1].Sizes, i => x[0].Data[x[0].Flat(ElementAt(x[0], x[1], ((GatherElements)o).Axis, i))])],
        [typeof(GatherND)] = (o, x) =>
        [
            Array64.Make(
                [.. x[1].Sizes[..^1], .. x[0].Sizes[(((GatherND)o).BatchDims + x[1].Sizes[^1])..]],
                i => x[0].Data[x[0].Flat(Position(x[0], x[1], i, ((GatherND)o).BatchDims))]),
        ],
        [typeof(NonMaxSuppression)] = (o, x) => [BoxesOf((NonMaxSuppression)o, x)],
        [typeof(NonZero)] = (_, x) => NonZeroOf(x[0]),
        [typeof(OneHot)] = (o, x) => OneHotOf((OneHot)o, x[0], (int)x[1].Data[0], x[2].Data),
        [typeof(ScatterElements)] = (o, x) =>
            Scattered(((ScatterElements)o).Reduction, x[0], x[2], flat => ElementAt(x[0], x[1], ((ScatterElements)o).Axis, x[1].Index(flat))),
        [typeof(ScatterND)] = (o, x) => Scattered(((ScatterND)o).Reduction, x[0], x[2], flat => Position(x[0], x[1], x[2].Index(flat))),
        [typeof(TensorScatter)] = (o, x) => [CacheOf((TensorScatter)o, x)],
        [typeof(TopK)] = (o, x) => TopOf((TopK)o, x[0], (int)x[1].Data[0]),
        [typeof(Unique)] = (o, x) => UniqueOf((Unique)o, x[0]),
    };

    /// <summary>Where in the data the element i of the gathered slices lies.</summary>
    private static int[] Position(Array64 data, Array64 indices, int[] i, int batch = 0)
    {
        int depth = indices.Sizes[^1];
        int leading = indices.Sizes.Length - 1;
        int[] first = [.. Enumerable.Range(0, depth).Select(axis => Wrap(indices.Data[indices.Flat([.. i[..leading], axis])], data.Sizes[batch + axis]))];
        return [.. i[..batch], .. first, .. i[leading..]];
    }

    /// <summary>Where in the data the element lies that the index at a place addresses along an axis.</summary>
    private static int[] ElementAt(Array64 data, Array64 indices, int axis, int[] i)
    {
        int[] at = [.. i];
        int along = axis < 0 ? axis + data.Sizes.Length : axis;
        at[along] = Wrap(indices.Data[indices.Flat(i)], data.Sizes[along]);
        return at;
    }

    private static Array64[] Scattered(ScatterReduction reduction, Array64 data, Array64 updates, Func<int, int[]> place)
    {
        Array64 result = Copy(data, data.Sizes);
        for (int flat = 0; flat < updates.Data.Length; flat++)
        {
            int at = result.Flat(place(flat));
            (double old, double update) = (result.Data[at], updates.Data[flat]);
            result.Data[at] = reduction switch
            {
                ScatterReduction.Add => old + update,
                ScatterReduction.Mul => old * update,
                ScatterReduction.Max => old > update ? old : update,
                ScatterReduction.Min => old < update ? old : update,
                _ => update,
            };
        }

        return [result];
    }

    private static Array64[] OneHotOf(OneHot o, Array64 indices, int depth, double[] values)
    {
        int axis = o.Axis < 0 ? o.Axis + indices.Sizes.Length + 1 : o.Axis;
        return
        [
            Array64.Make(
                [.. indices.Sizes[..axis], depth, .. indices.Sizes[axis..]],
                i => values[Wrap(indices.Data[indices.Flat([.. i[..axis], .. i[(axis + 1)..]])], depth) == i[axis] ? 1 : 0]),
        ];
    }

    private static Array64[] CompressOf(Compress o, Array64 x, Array64 condition)
    {
        Array64 data = o.Axis is null ? Copy(x, [x.Data.Length]) : x;
        int axis = o.Axis is { } given ? (given < 0 ? given + x.Sizes.Length : given) : 0;
        int[] taken = [.. Enumerable.Range(0, condition.Data.Length).Where(i => condition.Data[i] != 0)];
        int[] sizes = [.. data.Sizes];
        sizes[axis] = taken.Length;
        return [Array64.Make(sizes, i => data.Data[data.Flat([.. i[..axis], taken[i[axis]], .. i[(axis + 1)..]])])];
    }

    /// <summary>How many elements of the line come before one decides its place.</summary>
    private static Array64[] TopOf(TopK o, Array64 x, int count)
    {
        int axis = o.Axis < 0 ? o.Axis + x.Sizes.Length : o.Axis;
        int[] sizes = [.. x.Sizes];
        sizes[axis] = count;
        Array64 values = new(sizes), indices = new(sizes);
        for (int flat = 0; flat < x.Data.Length; flat++)
        {
            int[] i = x.Index(flat);
            int place = 0;
            for (int k = 0; k < x.Sizes[axis]; k++)
            {
                double other = x.Data[x.Flat([.. i[..axis], k, .. i[(axis + 1)..]])], own = x.Data[flat];
                bool isBefore = o.Largest ? other > own : other < own;
                place += isBefore || (other == own && k < i[axis]) ? 1 : 0;
            }

            if (place < count)
            {
                int at = values.Flat([.. i[..axis], place, .. i[(axis + 1)..]]);
                (values.Data[at], indices.Data[at]) = (x.Data[flat], i[axis]);
            }
        }

        return [values, indices];
    }

    private static Array64[] GatherOf(Gather o, Array64 x, Array64 indices)
    {
        int rank = indices.Sizes.Length;
        return
        [
            Array64.Make([.. x.Sizes[..o.Axis], .. indices.Sizes, .. x.Sizes[(o.Axis + 1)..]], i =>
            {
                int at = Wrap(indices.Data[indices.Flat(i[o.Axis..(o.Axis + rank)])], x.Sizes[o.Axis]);
                return x.Data[x.Flat([.. i[..o.Axis], at, .. i[(o.Axis + rank)..]])];
            }),
        ];
    }

    private static Array64[] ScatterOf(GatherGradient o, Array64 indices, Array64 g, int size)
    {
        int rank = indices.Sizes.Length;
        var result = new Array64([.. g.Sizes[..o.Axis], size, .. g.Sizes[(o.Axis + rank)..]]);
        for (int flat = 0; flat < g.Data.Length; flat++)
        {
            int[] i = g.Index(flat);
            int at = Wrap(indices.Data[indices.Flat(i[o.Axis..(o.Axis + rank)])], result.Sizes[o.Axis]);
            result.Data[result.Flat([.. i[..o.Axis], at, .. i[(o.Axis + rank)..]])] += g.Data[flat];
        }

        return [result];
    }

    private static Array64[] NonZeroOf(Array64 x)
    {
        int[][] found = [.. Enumerable.Range(0, x.Data.Length).Where(flat => x.Data[flat] != 0).Select(x.Index)];
        return [Array64.Make([x.Sizes.Length, found.Length], i => found[i[1]][i[0]])];
    }

    private static Array64 CacheOf(TensorScatter o, Array64[] x)
    {
        Array64 result = Copy(x[0], x[0].Sizes), entries = x[1];
        int axis = o.Axis < 0 ? o.Axis + result.Sizes.Length : o.Axis;
        for (int flat = 0; flat < entries.Data.Length; flat++)
        {
            int[] at = entries.Index(flat);
            at[axis] += x.Length > 2 ? (int)x[2].Data[at[0]] : 0;
            if (o.Circular && at[axis] >= result.Sizes[axis])
                at[axis] -= result.Sizes[axis];
            result.Data[result.Flat(at)] = entries.Data[flat];
        }

        return result;
    }

    private static Array64[] UniqueOf(Unique o, Array64 x)
    {
        Array64 data = o.Axis is null ? Copy(x, [x.Data.Length]) : x;
        int axis = o.Axis is { } given ? (given < 0 ? given + x.Sizes.Length : given) : 0;
        double[][] slices = [.. Enumerable.Range(0, data.Sizes[axis]).Select(k => data.Data.Where((_, flat) => data.Index(flat)[axis] == k).ToArray())];
        var distinct = new List<double[]>();
        foreach (double[] slice in slices)
        {
            if (!distinct.Exists(d => d.SequenceEqual(slice)))
                distinct.Add(slice);
        }

        if (o.Sorted)
            distinct.Sort((a, b) => Enumerable.Range(0, a.Length).Select(i => a[i].CompareTo(b[i])).FirstOrDefault(c => c != 0));
        int[] first = [.. distinct.Select(d => Array.FindIndex(slices, s => s.SequenceEqual(d)))];
        int[] sizes = [.. data.Sizes];
        sizes[axis] = distinct.Count;
        return
        [
            Array64.Make(sizes, i => data.Data[data.Flat([.. i[..axis], first[i[axis]], .. i[(axis + 1)..]])]),
            Array64.Make([first.Length], i => first[i[0]]),
            Array64.Make([slices.Length], i => distinct.FindIndex(d => d.SequenceEqual(slices[i[0]]))),
            Array64.Make([first.Length], i => slices.Count(s => s.SequenceEqual(distinct[i[0]]))),
        ];
    }

    /// <summary>Again and again the best box that is left, after which those go that overlap it too much.</summary>
    private static Array64 BoxesOf(NonMaxSuppression o, Array64[] x)
    {
        (Array64 boxes, Array64 scores) = (x[0], x[1]);
        double most = x[2].Data[0], overlap = x.Length > 3 && x[3] is not null ? x[3].Data[0] : 0, least = x.Length > 4 ? x[4].Data[0] : double.NegativeInfinity;
        var rows = new List<int[]>();
        for (int n = 0; n < scores.Sizes[0]; n++)
        {
            for (int c = 0; c < scores.Sizes[1]; c++)
            {
                List<int> left = [.. Enumerable.Range(0, scores.Sizes[2]).Where(i => scores[n, c, i] > least)];
                for (int taken = 0; taken < most && left.Count > 0; taken++)
                {
                    int best = left.MaxBy(i => scores[n, c, i]);
                    rows.Add([n, c, best]);
                    left.RemoveAll(i => i == best || Overlap(n, best, i) > overlap);
                }
            }
        }

        return Array64.Make([rows.Count, 3], i => rows[i[0]][i[1]]);

        double Overlap(int n, int a, int b)
        {
            double common = Shared(n, a, b, 0) * Shared(n, a, b, 1);
            return common / ((Length(n, a, 0) * Length(n, a, 1)) + (Length(n, b, 0) * Length(n, b, 1)) - common);
        }

        (double Low, double High) Side(int n, int i, int axis)
        {
            (double p, double q) = (boxes[n, i, axis], boxes[n, i, axis + 2]);
            return o.CenterPointBox ? (p - (q / 2), p + (q / 2)) : (Math.Min(p, q), Math.Max(p, q));
        }

        double Length(int n, int i, int axis) => Side(n, i, axis).High - Side(n, i, axis).Low;
        double Shared(int n, int a, int b, int axis) => Math.Max(0, Math.Min(Side(n, a, axis).High, Side(n, b, axis).High) - Math.Max(Side(n, a, axis).Low, Side(n, b, axis).Low));
    }

    private static int Wrap(double index, int size) => (int)(index < 0 ? index + size : index);
}
