using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Normalization;
using static Toolkit.Autograd.Tests.Operations.ReferenceLoops;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What activations, roundings and the like compute, in plain loops over doubles.</summary>
internal static class ActivationReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Acos)] = Unary(Math.Acos),
        [typeof(Acosh)] = Unary(Math.Acosh),
        [typeof(Asin)] = Unary(Math.Asin),
        [typeof(Asinh)] = Unary(Math.Asinh),
        [typeof(Atan)] = Unary(Math.Atan),
        [typeof(Atanh)] = Unary(Math.Atanh),
        [typeof(BitCast)] = (o, x) => Unary(v => ((BitCast)o).To == Autograd.Tensors.DType.UInt32 ? (v < 0 ? v + 4294967296 : v) : v > 7 ? v - 16 : v)(o, x),
        [typeof(CastLike)] = (_, x) => [Array64.Make(x[0].Sizes, i => x[0][i])],
        [typeof(Ceil)] = Unary(Math.Ceiling),
        [typeof(Celu)] = Of<Celu>((o, v) => Math.Max(0, v) + Math.Min(0, o.Alpha * (Math.Exp(v / o.Alpha) - 1))),
        [typeof(Clip)] = (_, x) => [Array64.Make(x[0].Sizes, i => Math.Min(Math.Max(x[0][i], x[1].Data[0]), x.Length > 2 ? x[2].Data[0] : double.PositiveInfinity))],
        [typeof(Cosh)] = Unary(Math.Cosh),
        [typeof(Elu)] = Of<Elu>((o, v) => v > 0 ? v : o.Alpha * (Math.Exp(v) - 1)),
        [typeof(Floor)] = Unary(Math.Floor),
        [typeof(Gelu)] = Of<Gelu>((o, v) => 0.5 * v * (1 + (o.Tanh ? Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v))) : ElementwiseReferences.ErfBySeries(v / Math.Sqrt(2))))),
        [typeof(HardSigmoid)] = Of<HardSigmoid>((o, v) => Math.Max(0, Math.Min(1, (o.Alpha * v) + o.Beta))),
        [typeof(HardSwish)] = Unary(v => v * Math.Max(0, Math.Min(1, (v / 6) + 0.5))),
        [typeof(Hardmax)] = (o, x) => [Array64.Make(x[0].Sizes, i => FirstGreatest(x[0], i, ((Hardmax)o).Axis) == i[((Hardmax)o).Axis] ? 1 : 0)],
        [typeof(IsInf)] = Unary(v => double.IsInfinity(v) ? 1 : 0),
        [typeof(IsNaN)] = Unary(v => double.IsNaN(v) ? 1 : 0),
        [typeof(Mean)] = (_, x) => [Array64.Make(Broadcast(x), i => x.Average(part => part[i]))],
        [typeof(Mish)] = Unary(v => v * Math.Tanh(Math.Log(1 + Math.Exp(v)))),
        [typeof(PRelu)] = Binary((v, slope) => v > 0 ? v : slope * v),
        [typeof(Reciprocal)] = Unary(v => 1 / v),
        [typeof(Round)] = Unary(v => Math.Round(v, MidpointRounding.ToEven)),
        [typeof(Selu)] = Of<Selu>((o, v) => o.Gamma * (v > 0 ? v : o.Alpha * (Math.Exp(v) - 1))),
        [typeof(Shrink)] = Of<Shrink>((o, v) => v < -o.Lambda ? v + o.Bias : v > o.Lambda ? v - o.Bias : 0),
        [typeof(Sinh)] = Unary(Math.Sinh),
        [typeof(Softsign)] = Unary(v => v / (1 + Math.Abs(v))),
        [typeof(Sum)] = (_, x) => [Array64.Make(Broadcast(x), i => x.Sum(part => part[i]))],
        [typeof(Swish)] = Of<Swish>((o, v) => v / (1 + Math.Exp(-o.Alpha * v))),
        [typeof(Tan)] = Unary(Math.Tan),
        [typeof(ThresholdedRelu)] = Of<ThresholdedRelu>((o, v) => v > o.Alpha ? v : 0),
        [typeof(Xor)] = Binary((x, y) => x != y ? 1 : 0),
        [typeof(LpNormalization)] = (o, x) => [Array64.Make(x[0].Sizes, i => x[0][i] / Norm(Line(x[0], i, ((LpNormalization)o).Axis), ((LpNormalization)o).Order))],
        [typeof(MeanVarianceNormalization)] = (o, x) => [Standardized(x[0], [.. ((MeanVarianceNormalization)o).Axes])],
    };

    private static Func<Operation, Array64[], Array64[]> Of<T>(Func<T, double, double> f)
        where T : Operation => (o, x) => Unary(v => f((T)o, v))(o, x);

    private static double[] Line(Array64 x, int[] at, int axis) => [.. Enumerable.Range(0, x.Sizes[axis]).Select(k =>
    {
        int[] place = [.. at];
        place[axis] = k;
        return x[place];
    })];

    private static int FirstGreatest(Array64 x, int[] at, int axis)
    {
        double[] line = Line(x, at, axis);
        int best = 0;
        for (int k = 1; k < line.Length; k++)
            best = line[k] > line[best] ? k : best;
        return best;
    }

    private static double Norm(double[] line, int order)
    {
        double sum = 0;
        foreach (double v in line)
            sum += order == 1 ? Math.Abs(v) : v * v;
        return order == 1 ? sum : Math.Sqrt(sum);
    }

    private static Array64 Standardized(Array64 x, int[] axes) => Array64.Make(x.Sizes, i =>
    {
        double sum = 0, squares = 0;
        int count = 0;
        for (int flat = 0; flat < x.Data.Length; flat++)
        {
            int[] j = x.Index(flat);
            if (!Enumerable.Range(0, j.Length).All(axis => axes.Contains(axis) || j[axis] == i[axis]))
                continue;
            sum += x.Data[flat];
            squares += x.Data[flat] * x.Data[flat];
            count++;
        }

        return (x[i] - (sum / count)) / (Math.Sqrt((squares / count) - (sum / count * (sum / count))) + 1e-9);
    });
}
