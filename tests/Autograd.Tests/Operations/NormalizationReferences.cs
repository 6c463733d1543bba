using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Normalization;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Normalizations as loops: for each element the numbers that it is normalized with are looked for anew.</summary>
internal static class NormalizationReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(BatchNormalization)] = (o, x) => Batch((BatchNormalization)o, x),
        [typeof(LayerNormalization)] = (o, x) => Layer((LayerNormalization)o, x[0], x[1], x.ElementAtOrDefault(2)),
        [typeof(LayerNormalizationGradient)] = (o, x) => LayerGradient(((LayerNormalizationGradient)o).Axis, x[0], x[1], x[2], x[3], x[4]),
        [typeof(RMSNormalization)] = (o, x) => [RootMeanSquare((RMSNormalization)o, x[0], x[1])],
        [typeof(GroupNormalization)] = (o, x) => [Group((GroupNormalization)o, x[0], x[1], x[2])],
        [typeof(InstanceNormalization)] = (o, x) =>
            [Normalized(x[0], ((InstanceNormalization)o).Epsilon, (a, b) => a[0] == b[0] && a[1] == b[1], i => x[1].Data[i[1]], i => x[2].Data[i[1]])],
        [typeof(LRN)] = (o, x) => [Response((LRN)o, x[0])],
    };

    private static Array64[] Batch(BatchNormalization o, Array64[] x)
    {
        if (!o.Training)
            return [Array64.Make(x[0].Sizes, i => (x[1].Data[i[1]] * (x[0][i] - x[3].Data[i[1]]) / Math.Sqrt(x[4].Data[i[1]] + o.Epsilon)) + x[2].Data[i[1]])];
        double[] Channel(int c) => Among(x[0], i => i[1] == c);
        return
        [
            Normalized(x[0], o.Epsilon, (a, b) => a[1] == b[1], i => x[1].Data[i[1]], i => x[2].Data[i[1]]),
            Array64.Make(x[3].Sizes, i => (o.Momentum * x[3][i]) + ((1 - o.Momentum) * Channel(i[0]).Average())),
            Array64.Make(x[4].Sizes, i => (o.Momentum * x[4][i]) + ((1 - o.Momentum) * Variance(Channel(i[0])))),
        ];
    }

    private static Array64[] Layer(LayerNormalization o, Array64 x, Array64 scale, Array64? bias)
    {
        int axis = o.Axis < 0 ? o.Axis + x.Sizes.Length : o.Axis;
        bool Together(int[] a, int[] b) => a.Take(axis).SequenceEqual(b.Take(axis));
        int[] reduced = [.. x.Sizes.Select((size, i) => i < axis ? size : 1)];
        double[] Row(int[] at) => Among(x, i => Together(i, at));
        return
        [
            Normalized(x, o.Epsilon, Together, i => scale[i], i => bias is null ? 0 : bias[i]),
            Array64.Make(reduced, i => Row(i).Average()),
            Array64.Make(reduced, i => 1 / Math.Sqrt(Variance(Row(i)) + o.Epsilon)),
        ];
    }

    private static Array64[] LayerGradient(int axis, Array64 x, Array64 scale, Array64 mean, Array64 inverse, Array64 g)
    {
        double Normal(int[] at) => (x[at] - mean[at]) * inverse[at];
        double MeanOfRow(int[] at, Func<int[], double> of) =>
            Enumerable.Range(0, x.Data.Length).Select(x.Index).Where(i => i.Take(axis).SequenceEqual(at.Take(axis))).Average(of);
        double SumOfPlace(int[] place, Func<int[], double> of) => Enumerable.Range(0, x.Data.Length).Select(x.Index).Where(i => i.Skip(axis).SequenceEqual(place)).Sum(of);
        return
        [
            Array64.Make(x.Sizes, at => inverse[at] * ((g[at] * scale[at]) - MeanOfRow(at, i => g[i] * scale[i]) - (Normal(at) * MeanOfRow(at, i => g[i] * scale[i] * Normal(i))))),
            Array64.Make(scale.Sizes, place => SumOfPlace(place, i => g[i] * Normal(i))),
            Array64.Make(scale.Sizes, place => SumOfPlace(place, i => g[i])),
        ];
    }

    private static Array64 RootMeanSquare(RMSNormalization o, Array64 x, Array64 scale)
    {
        int axis = o.Axis < 0 ? o.Axis + x.Sizes.Length : o.Axis;
        return Array64.Make(x.Sizes, at =>
            x[at] * scale[at] / Math.Sqrt(Among(x, i => i.Take(axis).SequenceEqual(at.Take(axis))).Average(v => v * v) + o.Epsilon));
    }

    private static Array64 Group(GroupNormalization o, Array64 x, Array64 scale, Array64 bias)
    {
        int each = x.Sizes[1] / o.Groups;
        return Normalized(x, o.Epsilon, (a, b) => a[0] == b[0] && a[1] / each == b[1] / each, i => scale.Data[i[1]], i => bias.Data[i[1]]);
    }

    private static Array64 Response(LRN o, Array64 x) => Array64.Make(x.Sizes, at =>
    {
        double sum = 0;
        for (int c = Math.Max(0, at[1] - ((o.Size - 1) / 2)); c <= Math.Min(x.Sizes[1] - 1, at[1] + (int)Math.Ceiling((o.Size - 1) / 2.0)); c++)
            sum += Math.Pow(x[[at[0], c, .. at[2..]]], 2);
        return x[at] / Math.Pow(o.Bias + (o.Alpha / o.Size * sum), o.Beta);
    });

    private static Array64 Normalized(Array64 x, double epsilon, Func<int[], int[], bool> together, Func<int[], double> scale, Func<int[], double> bias) => Array64.Make(x.Sizes, at =>
    {
        double[] others = Among(x, i => together(i, at));
        return ((x[at] - others.Average()) / Math.Sqrt(Variance(others) + epsilon) * scale(at)) + bias(at);
    });

    private static double[] Among(Array64 x, Func<int[], bool> which) => [.. Enumerable.Range(0, x.Data.Length).Where(i => which(x.Index(i))).Select(i => x.Data[i])];

    private static double Variance(double[] numbers) => numbers.Average(v => Math.Pow(v - numbers.Average(), 2));
}
