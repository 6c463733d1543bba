using Toolkit.Modeling.Modules;
using static Toolkit.Modeling.Tests.Values.Loops;
using static Toolkit.Modeling.Tests.Values.ModuleValues;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Normalization: each number of [batch, channels, places] belongs to a group of numbers with one mean and variance.</summary>
internal static class NormalizationValues
{
    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(BatchNormalization)] =
        [
            Batch(3, 1e-5, 0.9), Batch(3, 0.3, 0.9), Batch(3, 1e-5, 0.6), Batch(2, 1e-5, 0.9), Batch(3, 1e-5, 0.9, 3), Batch(3, 1e-5, 0.9, 1, 1), Batch(3, 1e-5, 0.9, 4),
            Batch(3, 1e-5, 0.9, 2, 5), Batch(3, 1e-5, 0.9, [], 2), Batch(3, 1e-5, 0.9, [], 2, 2), Batch(3, 1e-5, 0.9, [3, 2], 2),
        ],
        [nameof(GroupNormalization)] =
        [
            .. new[] { (6, 2, 1e-5), (6, 3, 1e-5), (4, 2, 1e-5), (6, 2, 0.3), (6, 6, 1e-5), (6, 1, 1e-5) }.Select(s => On(
                new GroupNormalization(s.Item1, s.Item2) { Stabilizer = s.Item3 }, [2, s.Item1, 3],
                (x, p) => Normalized(x, i => i / (s.Item1 * 3 / s.Item2), s.Item3, i => p[0][i / 3 % s.Item1], i => p[1][i / 3 % s.Item1]))),
            On(new GroupNormalization(6, 2), [3, 6], (x, p) => Normalized(x, i => i / 3, 1e-5, i => p[0][i % 6], i => p[1][i % 6])),
        ],
        [nameof(LayerNormalization)] =
        [
            .. new[] { (4, 1e-5), (3, 1e-5), (4, 0.3) }.Select(s => On(
                new LayerNormalization(s.Item1) { Stabilizer = s.Item2 }, [2, 3, s.Item1],
                (x, p) => Normalized(x, i => i / s.Item1, s.Item2, i => p[0][i % s.Item1], i => p[1][i % s.Item1])) with { Argument = "size" }),
            Axes(new LayerNormalization([3, 4]), [2, 3, 4], i => i / 12, i => i % 12), Axes(new LayerNormalization([2, 4]) { Axes = [-2, -1] }, [3, 2, 4], i => i / 8, i => i % 8),
            Axes(new LayerNormalization([3, 4]) { Axes = [1, 3] }, [2, 3, 2, 4], i => (i / 24 * 2) + (i / 4 % 2), i => (i / 8 % 3 * 4) + (i % 4)),
            Axes(new LayerNormalization([3]) { Axes = [1] }, [2, 3, 2, 2], i => (i / 12 * 4) + (i % 4), i => i / 4 % 3),
        ],
    };

    /// <summary>By the group to which a number belongs and the place of its scale and shift.</summary>
    private static Setting Axes(LayerNormalization layer, int[] sizes, Func<int, int> group, Func<int, int> place) =>
        On(layer, sizes, (x, p) => Normalized(x, group, 1e-5, i => p[0][place(i)], i => p[1][place(i)]));

    /// <summary>In training by each part of the batch of four, at inference by the running statistics, which the parts move in proportion to their examples.</summary>
    private static Setting Batch(int channels, double stabilizer, double decay, params int[] parts) => Batch(channels, stabilizer, decay, [2], parts);

    private static Setting Batch(int channels, double stabilizer, double decay, int[] sizes, params int[] parts) => InModes(
        new BatchNormalization(channels) { Stabilizer = stabilizer, Decay = decay, Parts = [.. parts] }, [4, channels, .. sizes],
        (x, p) =>
        {
            int places = sizes.Aggregate(1, (product, size) => product * size);
            int Channel(int i) => i / places % channels;
            int Part(int i) => Enumerable.Range(1, parts.Length).Count(n => i / (places * channels) >= parts[..n].Sum());
            double[] training = Normalized(x, i => (Part(i) * channels) + Channel(i), stabilizer, i => p[0][Channel(i)], i => p[1][Channel(i)]);
            double[] inference = [.. x.Select((v, i) => ((v - p[2][Channel(i)]) / Math.Sqrt(p[3][Channel(i)] + stabilizer) * p[0][Channel(i)]) + p[1][Channel(i)])];
            (double Mean, double Variance)[] batch = [.. Enumerable.Range(0, channels).Select(c =>
            {
                (double Weight, double Mean, double Variance)[] own = [.. x.Select((v, i) => (Value: v, Index: i)).Where(v => Channel(v.Index) == c).GroupBy(v => Part(v.Index))
                    .Select(g => (g.Count() / (4.0 * places), Moments([.. g.Select(v => v.Value)]).Mean, Moments([.. g.Select(v => v.Value)]).Variance))];
                return (own.Sum(o => o.Weight * o.Mean), own.Sum(o => o.Weight * o.Variance));
            })];
            return
            [
                .. training, .. inference,
                .. batch.Select((b, c) => (decay * p[2][c]) + ((1 - decay) * b.Mean)), .. batch.Select((b, c) => (decay * p[3][c]) + ((1 - decay) * b.Variance)),
            ];
        });

    private static double[] Normalized(double[] x, Func<int, int> group, double stabilizer, Func<int, double> scale, Func<int, double> shift)
    {
        var moments = x.Select((v, i) => (Group: group(i), Value: v)).GroupBy(v => v.Group).ToDictionary(g => g.Key, g => Moments([.. g.Select(v => v.Value)]));
        return [.. x.Select((v, i) => ((v - moments[group(i)].Mean) / Math.Sqrt(moments[group(i)].Variance + stabilizer) * scale(i)) + shift(i))];
    }

    private static (double Mean, double Variance) Moments(double[] x)
    {
        double mean = x.Sum() / x.Length;
        return (mean, x.Sum(v => Square(v - mean)) / x.Length);
    }
}
