using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;
using Range = Toolkit.Autograd.Operations.Shaping.Range;
using static Toolkit.Autograd.Tests.Operations.ReferenceLoops;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What the operations that move and shape elements compute, in plain loops over doubles.</summary>
internal static class ShapingReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Concat)] = (o, x) => ConcatOf((Concat)o, x),
        [typeof(Expand)] = (_, x) => [Array64.Make(Joint(x[0].Sizes, Integers(x[1])), i => x[0][i])],
        [typeof(Flatten)] = (o, x) => [Copy(x[0], Columns(x[0].Sizes, ((Flatten)o).Axis))],
        [typeof(Pad)] = (o, x) => PadOf((Pad)o, x[0]),
        [typeof(Range)] = (_, x) => [Array64.Make([(int)Math.Ceiling((x[1].Data[0] - x[0].Data[0]) / x[2].Data[0])], i => x[0].Data[0] + (i[0] * x[2].Data[0]))],
        [typeof(Reshape)] = (o, x) => [Copy(x[0], Resize(x[0], Integers(x[1]), ((Reshape)o).AllowZero))],
        [typeof(ShapeOf)] = (o, x) => [ShapeIn((ShapeOf)o, x[0])],
        [typeof(Slice)] = (o, x) => SliceOf((Slice)o, x[0]),
        [typeof(Split)] = (o, x) => SplitOf((Split)o, x[0]),
        [typeof(Squeeze)] = (_, x) => [Copy(x[0], Narrowed(x[0].Sizes, x.Length > 1 ? Integers(x[1]) : null))],
        [typeof(Transpose)] = (o, x) => TransposeOf((Transpose)o, x[0]),
        [typeof(Unsqueeze)] = (_, x) => [Copy(x[0], Widened(x[0].Sizes, Integers(x[1])))],
    };

    private static int[] Columns(int[] sizes, int axis)
    {
        var matrix = new int[] { 1, 1 };
        for (int i = 0; i < sizes.Length; i++)
        {
            matrix[i < axis ? 0 : 1] *= sizes[i];
        }

        return matrix;
    }

    private static int[] Integers(Array64 x) => [.. x.Data.Select(number => (int)number)];

    /// <summary>The sizes to which two shapes broadcast.</summary>
    private static int[] Joint(int[] a, int[] b)
    {
        var sizes = new int[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= sizes.Length; i++)
        {
            (int left, int right) = (i <= a.Length ? a[^i] : 1, i <= b.Length ? b[^i] : 1);
            sizes[^i] = left == 1 ? right : left;
        }

        return sizes;
    }

    private static int[] Narrowed(int[] sizes, int[]? axes) =>
        [.. sizes.Where((size, axis) => axes is null ? size != 1 : !axes.Contains(axis) && !axes.Contains(axis - sizes.Length))];

    private static int[] Widened(int[] sizes, int[] axes)
    {
        var result = new List<int>();
        int next = 0;
        int rank = sizes.Length + axes.Length;
        for (int axis = 0; axis < rank; axis++)
        {
            result.Add(axes.Contains(axis) || axes.Contains(axis - rank) ? 1 : sizes[next++]);
        }

        return [.. result];
    }

    private static Array64 ShapeIn(ShapeOf o, Array64 x)
    {
        int[] sizes = x.Sizes[o.Start..(o.End ?? x.Sizes.Length)];
        return Array64.Make([sizes.Length], i => sizes[i[0]]);
    }

    private static int[] Resize(Array64 x, int[] asked, bool allowZero)
    {
        int[] sizes = [.. asked.Select((size, axis) => size == 0 && !allowZero ? x.Sizes[axis] : size)];
        int open = Array.IndexOf(sizes, -1);
        if (open >= 0)
        {
            sizes[open] = x.Data.Length / sizes.Where(size => size >= 0).Aggregate(1, (a, b) => a * b);
        }

        return sizes;
    }

    private static Array64[] TransposeOf(Transpose o, Array64 x) =>
    [
        Array64.Make([.. o.Permutation.Select(a => x.Sizes[a])], i =>
        {
            var j = new int[i.Length];
            for (int axis = 0; axis < i.Length; axis++)
            {
                j[o.Permutation[axis]] = i[axis];
            }

            return x[j];
        }),
    ];

    private static Array64[] ConcatOf(Concat o, Array64[] x)
    {
        int[] sizes = [.. x[0].Sizes];
        sizes[o.Axis] = x.Sum(a => a.Sizes[o.Axis]);
        return
        [
            Array64.Make(sizes, i =>
            {
                int[] j = [.. i];
                int part = 0;
                while (j[o.Axis] >= x[part].Sizes[o.Axis])
                {
                    j[o.Axis] -= x[part++].Sizes[o.Axis];
                }

                return x[part].Data[x[part].Flat(j)];
            }),
        ];
    }

    private static Array64[] SliceOf(Slice o, Array64 x)
    {
        int[] sizes = [.. x.Sizes];
        sizes[o.Axis] = (o.End.Size - o.Start + o.Step - 1) / o.Step;
        return
        [
            Array64.Make(sizes, i =>
            {
                int[] j = [.. i];
                j[o.Axis] = o.Start + (i[o.Axis] * o.Step);
                return x.Data[x.Flat(j)];
            }),
        ];
    }

    private static Array64[] SplitOf(Split o, Array64 x)
    {
        var parts = new List<Array64>();
        int start = 0;
        foreach (int size in o.Sizes)
        {
            parts.Add(SliceOf(new Slice(o.Axis, start, start + size), x)[0]);
            start += size;
        }

        return [.. parts];
    }

    private static Array64[] PadOf(Pad o, Array64 x) =>
    [
        Array64.Make([.. x.Sizes.Select((s, a) => s + o.Before[a] + o.After[a])], i =>
        {
            int[] j = [.. i.Select((v, a) => v - o.Before[a])];
            return j.Where((v, a) => v < 0 || v >= x.Sizes[a]).Any() ? o.Constant : x.Data[x.Flat(j)];
        }),
    ];
}
