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
        [typeof(CenterCropPad)] = (o, x) => [CenterOf((CenterCropPad)o, x[0], Integers(x[1]))],
        [typeof(Col2Im)] = (o, x) => [ImageOf((Col2Im)o, x[0], Integers(x[1]), Integers(x[2]))],
        [typeof(ConstantOfShape)] = (_, x) => [Array64.Make(Integers(x[0]), _ => x.Length > 1 ? x[1].Data[0] : 0)],
        [typeof(Stack)] = (_, x) => StackOf(x),
        [typeof(Concat)] = (o, x) => ConcatOf((Concat)o, x),
        [typeof(DepthToSpace)] = (o, x) => [DepthToSpaceOf((DepthToSpace)o, x[0])],
        [typeof(Expand)] = (_, x) => [Array64.Make(Joint(x[0].Sizes, Integers(x[1])), i => x[0][i])],
        [typeof(EyeLike)] = (o, x) => [Array64.Make(x[0].Sizes, i => i[1] - i[0] == ((EyeLike)o).K ? 1 : 0)],
        [typeof(Flatten)] = (o, x) => [Copy(x[0], Columns(x[0].Sizes, ((Flatten)o).Axis))],
        [typeof(Pad)] = (o, x) => PadOf(((Pad)o).Mode, x),
        [typeof(Range)] = (_, x) => [Array64.Make([(int)Math.Ceiling((x[1].Data[0] - x[0].Data[0]) / x[2].Data[0])], i => x[0].Data[0] + (i[0] * x[2].Data[0]))],
        [typeof(Reshape)] = (o, x) => [Copy(x[0], Resize(x[0], Integers(x[1]), ((Reshape)o).AllowZero))],
        [typeof(ReverseSequence)] = (o, x) => [Array64.Make(x[0].Sizes, i => Turned((ReverseSequence)o, x[0], x[1], i))],
        [typeof(ShapeOf)] = (o, x) => [ShapeIn((ShapeOf)o, x[0])],
        [typeof(Slice)] = (_, x) => SliceOf(x[0], Integers(x[1], 8), Integers(x[2], 8), x.Length > 3 ? Integers(x[3]) : null, x.Length > 4 ? Integers(x[4]) : null),
        [typeof(SizeOf)] = (_, x) => [Array64.Make([], _ => x[0].Data.Length)],
        [typeof(SpaceToDepth)] = (o, x) => [SpaceToDepthOf((SpaceToDepth)o, x[0])],
        [typeof(Split)] = (o, x) => SplitOf((Split)o, x[0], x.Length > 1 ? Integers(x[1]) : null),
        [typeof(Squeeze)] = (_, x) => [Copy(x[0], Narrowed(x[0].Sizes, x.Length > 1 ? Integers(x[1]) : null))],
        [typeof(Tile)] = (_, x) => [Array64.Make([.. x[0].Sizes.Select((size, axis) => size * (int)x[1].Data[axis])], i => x[0].Data[x[0].Flat([.. i.Select((at, axis) => at % x[0].Sizes[axis])])])],
        [typeof(Transpose)] = (o, x) => TransposeOf((Transpose)o, x[0]),
        [typeof(Trilu)] = (o, x) => [Array64.Make(x[0].Sizes, i => IsInTriangle((Trilu)o, i[^1] - i[^2], x.Length > 1 ? (int)x[1].Data[0] : 0) ? x[0][i] : 0)],
        [typeof(Unsqueeze)] = (_, x) => [Copy(x[0], Widened(x[0].Sizes, Integers(x[1])))],
    };

    private static bool IsInTriangle(Trilu o, int diagonal, int k) => o.Upper ? diagonal >= k : diagonal <= k;

    private static double Turned(ReverseSequence o, Array64 x, Array64 lengths, int[] i)
    {
        int[] from = [.. i];
        int length = (int)lengths.Data[i[o.BatchAxis]];
        if (i[o.TimeAxis] < length)
            from[o.TimeAxis] = length - 1 - i[o.TimeAxis];
        return x.Data[x.Flat(from)];
    }

    private static Array64 DepthToSpaceOf(DepthToSpace o, Array64 x)
    {
        int b = o.BlockSize, rest = x.Sizes[1] / (b * b);
        return Array64.Make([x.Sizes[0], rest, x.Sizes[2] * b, x.Sizes[3] * b], i =>
        {
            int place = (i[2] % b * b) + (i[3] % b);
            return x.Data[x.Flat(i[0], o.ColumnsFirst ? (i[1] * b * b) + place : (place * rest) + i[1], i[2] / b, i[3] / b)];
        });
    }

    private static Array64 SpaceToDepthOf(SpaceToDepth o, Array64 x)
    {
        (int b, int channels) = (o.BlockSize, x.Sizes[1]);
        return Array64.Make([x.Sizes[0], channels * b * b, x.Sizes[2] / b, x.Sizes[3] / b], i =>
        {
            int place = i[1] / channels;
            return x.Data[x.Flat(i[0], i[1] % channels, (i[2] * b) + (place / b), (i[3] * b) + (place % b))];
        });
    }

    private static int[] Columns(int[] sizes, int axis)
    {
        var matrix = new int[] { 1, 1 };
        for (int i = 0; i < sizes.Length; i++)
        {
            matrix[i < axis ? 0 : 1] *= sizes[i];
        }

        return matrix;
    }

    private static int[] Integers(Array64 x, int most = int.MaxValue) => [.. x.Data.Select(number => (int)Math.Clamp(number, -most, most))];

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

    private static Array64[] StackOf(Array64[] x)
    {
        var y = new Array64([x.Length, .. x[0].Sizes]);
        for (int i = 0; i < y.Data.Length; i++)
            y.Data[i] = x[i / x[0].Data.Length].Data[i % x[0].Data.Length];
        return [y];
    }

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

    /// <summary>The indices that are taken of each axis, one by one; ends that are far outside come as 8 or −8.</summary>
    private static Array64[] SliceOf(Array64 x, int[] starts, int[] ends, int[]? axes, int[]? steps)
    {
        int[][] taken = [.. x.Sizes.Select(size => Enumerable.Range(0, size).ToArray())];
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = axes is null ? i : axes[i] < 0 ? axes[i] + x.Sizes.Length : axes[i];
            int size = x.Sizes[axis], step = steps?[i] ?? 1;
            int from = starts[i] < 0 ? starts[i] + size : starts[i], to = ends[i] < 0 ? ends[i] + size : ends[i];
            var indices = new List<int>();
            for (int at = from; step > 0 ? at < to : at > to; at += step)
            {
                if (at >= 0 && at < size)
                {
                    indices.Add(at);
                }
            }

            taken[axis] = [.. indices];
        }

        return [Array64.Make([.. taken.Select(t => t.Length)], i => x.Data[x.Flat([.. i.Select((at, axis) => taken[axis][at])])])];
    }

    private static Array64[] SplitOf(Split o, Array64 x, int[]? sizes)
    {
        int whole = x.Sizes[o.Axis], equal = (whole + o.Parts - 1) / o.Parts;
        sizes ??= [.. Enumerable.Range(0, o.Parts).Select(i => Math.Clamp(whole - (i * equal), 0, equal))];
        var parts = new List<Array64>();
        int start = 0;
        foreach (int size in sizes)
        {
            parts.Add(SliceOf(x, [start], [start + size], [o.Axis], null)[0]);
            start += size;
        }

        return [.. parts];
    }

    /// <summary>A place outside of first to before last, step by step moved inside.</summary>
    private static int Moved(PadMode mode, int at, int first, int last)
    {
        while (at < first || at >= last)
        {
            at = mode switch
            {
                PadMode.Edge => at < first ? at + 1 : at - 1,
                PadMode.Wrap => at < first ? at + (last - first) : at - (last - first),
                _ => at < first ? (2 * first) - at : (2 * (last - 1)) - at,
            };
        }

        return at;
    }

    private static Array64 CenterOf(CenterCropPad o, Array64 x, int[] asked)
    {
        int rank = x.Sizes.Length;
        int[] axes = [.. o.Axes?.Select(axis => axis < 0 ? axis + rank : axis) ?? Enumerable.Range(0, rank)], sizes = [.. x.Sizes], shift = new int[rank];
        for (int i = 0; i < axes.Length; i++)
        {
            sizes[axes[i]] = asked[i];
            int size = x.Sizes[axes[i]];
            shift[axes[i]] = asked[i] < size ? (size - asked[i]) / 2 : -((asked[i] - size) / 2);
        }

        return Array64.Make(sizes, i =>
        {
            int[] from = [.. i.Select((at, axis) => at + shift[axis])];
            return from.Where((at, axis) => at < 0 || at >= x.Sizes[axis]).Any() ? 0 : x.Data[x.Flat(from)];
        });
    }

    private static Array64 ImageOf(Col2Im o, Array64 x, int[] image, int[] block)
    {
        int rank = image.Length, elements = block.Aggregate(1, (a, b) => a * b), channels = x.Sizes[1] / elements;
        var sum = new Array64([x.Sizes[0], channels, .. image]);
        int[] blocks = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            for (int first = 0; first + ((o.Dilations?[axis] ?? 1) * (block[axis] - 1)) < image[axis] + (o.Pads?[axis] ?? 0) + (o.Pads?[axis + rank] ?? 0); first += o.Strides?[axis] ?? 1)
                blocks[axis]++;
        }

        var places = new Array64(blocks);
        var inner = new Array64(block);
        for (int flat = 0; flat < x.Data.Length; flat++)
        {
            int[] at = x.Index(flat), element = inner.Index(at[1] % elements), place = places.Index(at[2]);
            int[] target = [.. place.Select((b, axis) => (b * (o.Strides?[axis] ?? 1)) + (element[axis] * (o.Dilations?[axis] ?? 1)) - (o.Pads?[axis] ?? 0))];
            if (!target.Where((t, axis) => t < 0 || t >= image[axis]).Any())
                sum.Data[sum.Flat([at[0], at[1] / elements, .. target])] += x.Data[flat];
        }

        return sum;
    }

    private static Array64[] PadOf(PadMode mode, Array64[] x)
    {
        int rank = x[0].Sizes.Length;
        int[] given = Integers(x[1]), before = new int[rank], after = new int[rank];
        for (int i = 0; i < given.Length / 2; i++)
        {
            int axis = x.Length > 3 ? (int)x[3].Data[i] : i;
            axis = axis < 0 ? axis + rank : axis;
            (before[axis], after[axis]) = (given[i], given[(given.Length / 2) + i]);
        }

        double constant = x.Length > 2 && x[2] is not null ? x[2].Data[0] : 0;
        return
        [
            Array64.Make([.. x[0].Sizes.Select((s, a) => s + before[a] + after[a])], i =>
            {
                int[] j = [.. i.Select((v, a) => v - before[a])];
                for (int a = 0; a < rank && mode != PadMode.Constant; a++)
                    j[a] = Moved(mode, j[a], Math.Max(0, -before[a]), x[0].Sizes[a] - Math.Max(0, -after[a]));
                return j.Where((v, a) => v < 0 || v >= x[0].Sizes[a]).Any() ? constant : x[0].Data[x[0].Flat(j)];
            }),
        ];
    }
}
