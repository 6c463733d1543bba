using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Indexing;
using static Toolkit.Autograd.Tests.Operations.ReferenceLoops;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What the operations that pick and place by index compute, in plain loops over doubles.</summary>
internal static class IndexingReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Gather)] = (o, x) => GatherOf((Gather)o, x[0], x[1]),
        [typeof(GatherGradient)] = (o, x) => ScatterOf((GatherGradient)o, x[0], x[1], (int)x[2].Data[0]),
        [typeof(GatherND)] = (_, x) => [Array64.Make([.. x[1].Sizes[..^1], .. x[0].Sizes[x[1].Sizes[^1]..]], i => x[0].Data[x[0].Flat(Position(x[0], x[1], i))])],
        [typeof(NonZero)] = (_, x) => NonZeroOf(x[0]),
        [typeof(OneHot)] = (o, x) => [Array64.Make([.. x[0].Sizes, ((OneHot)o).Depth], i => Wrap(x[0][i[..^1]], ((OneHot)o).Depth) == i[^1] ? 1 : 0)],
        [typeof(ScatterND)] = (o, x) => ScatterAt(((ScatterND)o).Add, x[0], x[1], x[2]),
    };

    /// <summary>Where in the data the element i of the gathered slices lies.</summary>
    private static int[] Position(Array64 data, Array64 indices, int[] i)
    {
        int depth = indices.Sizes[^1];
        int leading = indices.Sizes.Length - 1;
        int[] first = [.. Enumerable.Range(0, depth).Select(axis => Wrap(indices.Data[indices.Flat([.. i[..leading], axis])], data.Sizes[axis]))];
        return [.. first, .. i[leading..]];
    }

    private static Array64[] ScatterAt(bool add, Array64 data, Array64 indices, Array64 updates)
    {
        Array64 result = Copy(data, data.Sizes);
        for (int flat = 0; flat < updates.Data.Length; flat++)
        {
            int at = result.Flat(Position(data, indices, updates.Index(flat)));
            result.Data[at] = updates.Data[flat] + (add ? result.Data[at] : 0);
        }

        return [result];
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
