using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Random;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;
using Range = Toolkit.Autograd.Operations.Shaping.Range;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What each operation computes, written once more in plain loops over doubles. An operation without an entry fails its test.</summary>
internal static class References
{
    private static readonly Dictionary<Type, Func<Operation, Array64[], Array64[]>> Table = new()
    {
        [typeof(Abs)] = Unary(Math.Abs),
        [typeof(Add)] = Binary((x, y) => x + y),
        [typeof(And)] = Binary((x, y) => x * y),
        [typeof(Cos)] = Unary(Math.Cos),
        [typeof(Div)] = Binary((x, y) => x / y),
        [typeof(Equal)] = Binary((x, y) => x == y ? 1 : 0),
        [typeof(Erf)] = Unary(ErfBySeries),
        [typeof(Exp)] = Unary(Math.Exp),
        [typeof(ExpM1)] = Unary(x => Math.Exp(x) - 1),
        [typeof(Greater)] = Binary((x, y) => x > y ? 1 : 0),
        [typeof(GreaterOrEqual)] = Binary((x, y) => x >= y ? 1 : 0),
        [typeof(Identity)] = Unary(x => x),
        [typeof(Less)] = Binary((x, y) => x < y ? 1 : 0),
        [typeof(LessOrEqual)] = Binary((x, y) => x <= y ? 1 : 0),
        [typeof(Log)] = Unary(Math.Log),
        [typeof(Max)] = Binary(Math.Max),
        [typeof(Min)] = Binary(Math.Min),
        [typeof(Mul)] = Binary((x, y) => x * y),
        [typeof(Neg)] = Unary(x => -x),
        [typeof(Not)] = Unary(x => 1 - x),
        [typeof(Or)] = Binary((x, y) => Math.Max(x, y)),
        [typeof(Pow)] = Binary(Math.Pow),
        [typeof(Relu)] = Unary(x => x > 0 ? x : 0),
        [typeof(Sigmoid)] = Unary(x => 1 / (1 + Math.Exp(-x))),
        [typeof(Sign)] = Unary(x => Math.Sign(x)),
        [typeof(Sin)] = Unary(Math.Sin),
        [typeof(Softplus)] = Unary(x => Math.Log(1 + Math.Exp(x))),
        [typeof(Sqrt)] = Unary(Math.Sqrt),
        [typeof(StopGradient)] = Unary(x => x),
        [typeof(Sub)] = Binary((x, y) => x - y),
        [typeof(Tanh)] = Unary(Math.Tanh),
        [typeof(LeakyRelu)] = (o, x) => Unary(v => v > 0 ? v : ((LeakyRelu)o).Alpha * v)(o, x),
        [typeof(Cast)] = (o, x) => Unary(v => ((Cast)o).To switch
        {
            DType.Bool => v != 0 ? 1 : 0,
            DType.Float32 => (float)v,
            DType.Float64 => v,
            _ => Math.Truncate(v),
        })(o, x),
        [typeof(Where)] = (_, x) => [Array64.Make(Broadcast(x), i => x[0][i] != 0 ? x[1][i] : x[2][i])],
        [typeof(ReduceSum)] = Reduce(v => v.Sum()),
        [typeof(ReduceMean)] = Reduce(v => v.Average()),
        [typeof(ReduceMax)] = Reduce(v => v.Max()),
        [typeof(ReduceMin)] = Reduce(v => v.Min()),
        [typeof(ReduceProd)] = Reduce(v => v.Aggregate(1.0, (a, b) => a * b)),
        [typeof(ArgMax)] = (o, x) => ReduceAxes(x[0], [((ArgMax)o).Axis], ((ArgMax)o).KeepDims, v => Array.IndexOf(v, v.Max())),
        [typeof(Softmax)] = (o, x) => [SoftmaxOf(x[0], ((Softmax)o).Axis)],
        [typeof(LogSoftmax)] = (o, x) => Unary(Math.Log)(o, [SoftmaxOf(x[0], ((LogSoftmax)o).Axis)]),
        [typeof(SoftmaxCrossEntropyLoss)] = (_, x) =>
        [
            Array64.Make(x[1].Sizes, i => -Math.Log(SoftmaxOf(x[0], 1)[[i[0], (int)x[1][i]]])),
            Unary(Math.Log)(new Log(), [SoftmaxOf(x[0], 1)])[0],
        ],
        [typeof(Reshape)] = (o, x) => [Copy(x[0], Resize(((Reshape)o).Shape, x[0].Data.Length))],
        [typeof(Transpose)] = (o, x) => TransposeOf((Transpose)o, x[0]),
        [typeof(Expand)] = (o, x) => [Array64.Make(((Expand)o).Shape.ToSizes(), i => x[0][i])],
        [typeof(Concat)] = (o, x) => ConcatOf((Concat)o, x),
        [typeof(Slice)] = (o, x) => SliceOf((Slice)o, x[0]),
        [typeof(Split)] = (o, x) => SplitOf((Split)o, x[0]),
        [typeof(Pad)] = (o, x) => PadOf((Pad)o, x[0]),
        [typeof(MatMul)] = (_, x) => MatMulOf(x[0], x[1]),
        [typeof(Gemm)] = (o, x) => GemmOf((Gemm)o, x[0], x[1], x.ElementAtOrDefault(2)),
        [typeof(Gather)] = (o, x) => GatherOf((Gather)o, x[0], x[1]),
        [typeof(GatherGradient)] = (o, x) => ScatterOf((GatherGradient)o, x[0], x[1]),
        [typeof(OneHot)] = (o, x) => [Array64.Make([.. x[0].Sizes, ((OneHot)o).Depth], i => Wrap(x[0][i[..^1]], ((OneHot)o).Depth) == i[^1] ? 1 : 0)],
        [typeof(RandomUniform)] = (o, x) => [PhiloxOf((RandomUniform)o, (uint)x[0].Data[0], (uint)x[1].Data[0])],
        [typeof(Conv)] = (o, x) => ConvolutionReferences.Forward((Conv)o, x[0], x[1], x.ElementAtOrDefault(2)),
        [typeof(ConvInputGradient)] = (o, x) => ConvolutionReferences.InputGradient((ConvInputGradient)o, x[0], x[1]),
        [typeof(ConvWeightGradient)] = (o, x) => ConvolutionReferences.WeightGradient((ConvWeightGradient)o, x[0], x[1]),
        [typeof(MaxPool)] = (o, x) => ConvolutionReferences.MaxPool((MaxPool)o, x[0]),
        [typeof(AveragePool)] = (o, x) => ConvolutionReferences.AveragePool((AveragePool)o, x[0]),
        [typeof(AveragePoolGradient)] = (o, x) => ConvolutionReferences.AveragePoolGradient((AveragePoolGradient)o, x[0]),
        [typeof(BatchNormalization)] = (o, x) =>
        [
            Array64.Make(x[0].Sizes, i => (x[1][i[1]] * (x[0][i] - x[3][i[1]]) / Math.Sqrt(x[4][i[1]] + ((BatchNormalization)o).Epsilon)) + x[2][i[1]]),
        ],
        [typeof(BitShift)] = (o, x) => Binary((v, places) => ((BitShift)o).Left
            ? v * Math.Pow(2, places) % Math.Pow(2, 32)
            : Math.Floor(v / Math.Pow(2, places)))(o, x),
        [typeof(BitwiseAnd)] = Binary((v, w) => Bitwise(v, w, (a, b) => a && b)),
        [typeof(BitwiseNot)] = Unary(v => -v - 1),
        [typeof(BitwiseOr)] = Binary((v, w) => Bitwise(v, w, (a, b) => a || b)),
        [typeof(BitwiseXor)] = Binary((v, w) => Bitwise(v, w, (a, b) => a != b)),
        [typeof(Flatten)] = (o, x) => [Copy(x[0], Columns(x[0].Sizes, ((Flatten)o).Axis))],
        [typeof(GatherND)] = (_, x) => [Array64.Make([.. x[1].Sizes[..^1], .. x[0].Sizes[x[1].Sizes[^1]..]], i => x[0].Data[x[0].Flat(Position(x[0], x[1], i))])],
        [typeof(GlobalAveragePool)] = (_, x) => ReduceAxes(x[0], [.. Enumerable.Range(2, x[0].Sizes.Length - 2)], true, v => v.Average()),
        [typeof(Mod)] = (o, x) => Binary((v, w) => ((Mod)o).Truncated ? v - (w * Math.Truncate(v / w)) : v - (w * Math.Floor(v / w)))(o, x),
        [typeof(Range)] = (_, x) => [Array64.Make([(int)Math.Ceiling((x[1].Data[0] - x[0].Data[0]) / x[2].Data[0])], i => x[0].Data[0] + (i[0] * x[2].Data[0]))],
        [typeof(ScatterND)] = (o, x) => ScatterAt(((ScatterND)o).Add, x[0], x[1], x[2]),
        [typeof(ShapeOf)] = (o, x) => [ShapeIn((ShapeOf)o, x[0])],
        [typeof(Squeeze)] = (o, x) => [Copy(x[0], [.. x[0].Sizes.Where((_, axis) => !((Squeeze)o).Axes.Contains(axis))])],
        [typeof(Unsqueeze)] = (o, x) => [Copy(x[0], Widened(x[0].Sizes, ((Unsqueeze)o).Axes))],
    };

    /// <summary>Two numbers of at most 16 bits, bit by bit.</summary>
    private static double Bitwise(double x, double y, Func<bool, bool, bool> bit)
    {
        double result = 0;
        for (int i = 15; i >= 0; i--)
        {
            result = (2 * result) + (bit(Math.Floor(x / Math.Pow(2, i)) % 2 == 1, Math.Floor(y / Math.Pow(2, i)) % 2 == 1) ? 1 : 0);
        }

        return result;
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

    private static int[] Widened(int[] sizes, IntList axes)
    {
        var result = new List<int>();
        int next = 0;
        for (int axis = 0; axis < sizes.Length + axes.Count; axis++)
        {
            result.Add(axes.Contains(axis) ? 1 : sizes[next++]);
        }

        return [.. result];
    }

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

    private static Array64 ShapeIn(ShapeOf o, Array64 x)
    {
        int[] sizes = x.Sizes[o.Start..(o.End ?? x.Sizes.Length)];
        return Array64.Make([sizes.Length], i => sizes[i[0]]);
    }

    public static Array64[] Compute(Operation operation, Array64[] inputs) => Table.TryGetValue(operation.GetType(), out var reference)
        ? reference(operation, inputs)
        : throw new InvalidOperationException($"{operation.Name} has no reference computation.");

    public static int Wrap(double index, int size) => (int)(index < 0 ? index + size : index);

    private static Func<Operation, Array64[], Array64[]> Unary(Func<double, double> f) =>
        (_, x) => [Array64.Make(x[0].Sizes, i => f(x[0][i]))];

    private static Func<Operation, Array64[], Array64[]> Binary(Func<double, double, double> f) =>
        (_, x) => [Array64.Make(Broadcast(x), i => f(x[0][i], x[1][i]))];

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

    private static int[] Broadcast(Array64[] x)
    {
        var sizes = new int[x.Max(a => a.Sizes.Length)];
        Array.Fill(sizes, 1);
        foreach (Array64 a in x)
        {
            for (int i = 1; i <= a.Sizes.Length; i++)
            {
                sizes[^i] = Math.Max(sizes[^i], a.Sizes[^i]);
            }
        }

        return sizes;
    }

    private static Array64 Copy(Array64 x, int[] sizes)
    {
        var copy = new Array64(sizes);
        x.Data.CopyTo(copy.Data, 0);
        return copy;
    }

    private static int[] Resize(Shape shape, int count)
    {
        int known = shape.Where(d => d.IsStatic).Aggregate(1, (a, d) => a * d.Size);
        return [.. shape.Select(d => d.IsStatic ? d.Size : count / known)];
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

    private static Array64[] MatMulOf(Array64 a, Array64 b)
    {
        int[] stack = Broadcast([new Array64(a.Sizes[..^2]), new Array64(b.Sizes[..^2])]);
        return
        [
            Array64.Make([.. stack, a.Sizes[^2], b.Sizes[^1]], i =>
            {
                double sum = 0;
                for (int k = 0; k < a.Sizes[^1]; k++)
                {
                    sum += a[[.. i[..^2], i[^2], k]] * b[[.. i[..^2], k, i[^1]]];
                }

                return sum;
            }),
        ];
    }

    private static Array64[] GemmOf(Gemm o, Array64 a, Array64 b, Array64? c)
    {
        int m = a.Sizes[o.TransposeA ? 1 : 0];
        int k = a.Sizes[o.TransposeA ? 0 : 1];
        int n = b.Sizes[o.TransposeB ? 0 : 1];
        return
        [
            Array64.Make([m, n], i =>
            {
                double sum = 0;
                for (int p = 0; p < k; p++)
                {
                    double left = o.TransposeA ? a.Data[(p * m) + i[0]] : a.Data[(i[0] * k) + p];
                    double right = o.TransposeB ? b.Data[(i[1] * k) + p] : b.Data[(p * n) + i[1]];
                    sum += left * right;
                }

                return (o.Alpha * sum) + (c is null ? 0 : o.Beta * c[i]);
            }),
        ];
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

    private static Array64[] ScatterOf(GatherGradient o, Array64 indices, Array64 g)
    {
        int rank = indices.Sizes.Length;
        var result = new Array64([.. g.Sizes[..o.Axis], o.DataShape[o.Axis].Size, .. g.Sizes[(o.Axis + rank)..]]);
        for (int flat = 0; flat < g.Data.Length; flat++)
        {
            int[] i = g.Index(flat);
            int at = Wrap(indices.Data[indices.Flat(i[o.Axis..(o.Axis + rank)])], result.Sizes[o.Axis]);
            result.Data[result.Flat([.. i[..o.Axis], at, .. i[(o.Axis + rank)..]])] += g.Data[flat];
        }

        return [result];
    }

    private static double ErfBySeries(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static Array64 PhiloxOf(RandomUniform o, uint key, uint counter)
    {
        var result = new Array64(o.Shape.ToSizes());
        for (int i = 0; i < result.Data.Length; i++)
        {
            (uint[] c, uint k0, uint k1) = (o.Type == DType.Float32 ? [(uint)i / 4, 0, counter, 0] : [(uint)i / 2, 0, counter, 0], key, 0);
            for (int round = 0; round < 10; round++)
            {
                ulong first = 0xD2511F53ul * c[0];
                ulong second = 0xCD9E8D57ul * c[2];
                c = [(uint)(second >> 32) ^ c[1] ^ k0, (uint)second, (uint)(first >> 32) ^ c[3] ^ k1, (uint)first];
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }

            result.Data[i] = o.Type == DType.Float32
                ? (c[i % 4] >> 8) / 16777216.0
                : ((c[(2 * i) % 4] + ((ulong)c[((2 * i) + 1) % 4] << 32)) >> 11) / 9007199254740992.0;
        }

        return result;
    }
}
