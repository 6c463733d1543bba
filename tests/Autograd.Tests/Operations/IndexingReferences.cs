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
        [typeof(NonZero)] = (_, x) => NonZeroOf(x[0]),
        [typeof(OneHot)] = (o, x) => OneHotOf((OneHot)o, x[0], (int)x[1].Data[0], x[2].Data),
        [typeof(ScatterElements)] = (o, x) =>
            Scattered(((ScatterElements)o).Reduction, x[0], x[2], flat => ElementAt(x[0], x[1], ((ScatterElements)o).Axis, x[1].Index(flat))),
        [typeof(ScatterND)] = (o, x) => Scattered(((ScatterND)o).Reduction, x[0], x[2], flat => Position(x[0], x[1], x[2].Index(flat))),
        [typeof(TopK)] = (o, x) => TopOf((TopK)o, x[0], (int)x[1].Data[0]),
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

    private static int Wrap(double index, int size) => (int)(index < 0 ? index + size : index);
}
