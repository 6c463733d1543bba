using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Signal;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What transforms and windows of signals compute, in plain loops over doubles.</summary>
internal static class SignalReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(BlackmanWindow)] = Window((k, n) => 0.42 - (0.5 * Math.Cos(2 * Math.PI * k / n)) + (0.08 * Math.Cos(4 * Math.PI * k / n))),
        [typeof(DFT)] = (o, x) => [Transform((DFT)o, x[0], x.Length > 1 ? (int)x[1].Data[0] : -1, x.Length > 2 ? (int)x[2].Data[0] : -2)],
        [typeof(STFT)] = (o, x) => [Frames(((STFT)o).OneSided, x[0], (int)x[1].Data[0], x[2])],
        [typeof(HammingWindow)] = Window((k, n) => (25.0 / 46) - (21.0 / 46 * Math.Cos(2 * Math.PI * k / n))),
        [typeof(MelWeightMatrix)] = (_, x) => [Mel((int)x[0].Data[0], (int)x[1].Data[0], x[2].Data[0], x[3].Data[0], x[4].Data[0])],
        [typeof(HannWindow)] = Window((k, n) => Math.Pow(Math.Sin(Math.PI * k / n), 2)),
    };

    private static Array64 Frames(bool oneSided, Array64 x, int step, Array64 window)
    {
        int length = window.Data.Length;
        return Array64.Make([x.Sizes[0], ((x.Sizes[1] - length) / step) + 1, oneSided ? (length / 2) + 1 : length, 2], i =>
        {
            double sum = 0;
            for (int k = 0; k < length; k++)
            {
                double real = window.Data[k] * x[[i[0], (i[1] * step) + k, 0]], imaginary = x.Sizes[2] == 2 ? window.Data[k] * x.Data[x.Flat(i[0], (i[1] * step) + k, 1)] : 0;
                double angle = -2 * Math.PI * i[2] * k / length;
                sum += i[3] == 0 ? (real * Math.Cos(angle)) - (imaginary * Math.Sin(angle)) : (real * Math.Sin(angle)) + (imaginary * Math.Cos(angle));
            }

            return sum;
        });
    }

    /// <summary>Each band fills its own triangle, corner by corner.</summary>
    private static Array64 Mel(int bands, int length, double rate, double lowest, double highest)
    {
        double low = 2595 * Math.Log10(1 + (lowest / 700)), high = 2595 * Math.Log10(1 + (highest / 700));
        int[] corners = [.. Enumerable.Range(0, bands + 2).Select(i => (int)Math.Floor((length + 1) * 700 * (Math.Pow(10, (low + (i * (high - low) / (bands + 2))) / 2595) - 1) / rate))];
        var weights = new Array64([(length / 2) + 1, bands]);
        for (int band = 0; band < bands; band++)
        {
            (int before, int own, int behind) = (corners[band], corners[band + 1], corners[band + 2]);
            if (before == own)
                weights.Data[weights.Flat(own, band)] = 1;
            for (int bin = before; bin <= own && before < own; bin++)
                weights.Data[weights.Flat(bin, band)] = (bin - before) / (double)(own - before);
            for (int bin = own; bin < behind; bin++)
                weights.Data[weights.Flat(bin, band)] = (behind - bin) / (double)(behind - own);
        }

        return weights;
    }

    private static Func<Operation, Array64[], Array64[]> Window(Func<int, double, double> number) => (o, x) =>
        [Array64.Make([(int)x[0].Data[0]], i => number(i[0], ((WindowOperation)o).Periodic ? x[0].Data[0] : x[0].Data[0] - 1))];

    private static Array64 Transform(DFT operation, Array64 x, int length, int axis)
    {
        int along = axis < 0 ? axis + x.Sizes.Length : axis, n = length < 0 ? x.Sizes[along] : length;
        int[] sizes = [.. x.Sizes];
        (sizes[along], sizes[^1]) = (operation.OneSided ? (n / 2) + 1 : n, 2);
        return Array64.Make(sizes, i =>
        {
            double sum = 0;
            for (int j = 0; j < Math.Min(n, x.Sizes[along]); j++)
            {
                int[] at = [.. i];
                (at[along], at[^1]) = (j, 0);
                double real = x.Data[x.Flat(at)], imaginary = 0;
                if (x.Sizes[^1] == 2)
                {
                    at[^1] = 1;
                    imaginary = x.Data[x.Flat(at)];
                }

                double angle = (operation.Inverse ? 2 : -2) * Math.PI * i[along] * j / n;
                sum += i[^1] == 0 ? (real * Math.Cos(angle)) - (imaginary * Math.Sin(angle)) : (real * Math.Sin(angle)) + (imaginary * Math.Cos(angle));
            }

            return operation.Inverse ? sum / n : sum;
        });
    }
}
