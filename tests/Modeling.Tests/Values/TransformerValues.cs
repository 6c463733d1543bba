using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;
using static Toolkit.Modeling.Tests.Values.ModuleValues;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Attention and what is made of it, and positions, against loops over examples, heads, steps, places and features.</summary>
internal static class TransformerValues
{
    private const int Batch = 2, Steps = 3, Places = 2;

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(MultiHeadAttention)] =
        [
            Own(new(4, 2, Random)), Own(new(4, 2, Random) { Causal = true }), Own(new(4, 2, Random) { Rotary = true }), Own(new(4, 2, Random) { Dropout = 0.4 }),
            Own(new(4, 2, Random) { UseBias = false }), Own(new(4, 2, Random) { KeyWidth = 3 }), Own(new(4, 2, Random) { ValueWidth = 3 }),
            Own(new(4, 2, Random) { KeyWidth = 6, ValueWidth = 1, Rotary = true, Causal = true, Dropout = 0.3 }),
            Own(new(4, 1, Random) { KeyWidth = 2, ValueWidth = 2 }), Own(new(5, 2, Random) { KeyWidth = 2, ValueWidth = 2, MemoryWidth = 5 }),
            Crossed(new(4, 2, Random)), Crossed(new(4, 2, Random) { MemoryWidth = 5 }), Crossed(new(5, 2, Random) { KeyWidth = 2, ValueWidth = 2, MemoryWidth = 5 }),
            Crossed(new(4, 2, Random) { MemoryWidth = 3, Causal = true, Dropout = 0.4 }),
            Own(new(4, 2, Random) { WeightInitializer = new Constant(0.3) }, filled: false),
        ],
        [nameof(PositionalEmbedding)] =
        [
            Embedded(new(3, 4, Random)), Embedded(new(5, 4, Random)), Embedded(new(3, 6, Random)),
            AtFirst(new PositionalEmbedding(3, 4, Random) { TableInitializer = new Constant(0.3) }, [Batch, Steps, 4], x => [.. x.Select(v => v + 0.3f)]),
            Embedded(new(1, 4, Random), steps: 1),
        ],
        [nameof(PositionalEncoding)] =
        [
            Encoded(new(), 4), Encoded(new() { Base = 50 }, 4), Encoded(new(), 5),
        ],
        [nameof(TransformerDecoder)] =
        [
            Decoded(new(4, 2, Random)), Decoded(new(4, 1, Random)), Decoded(new(6, 2, Random) { Hidden = 16, MemoryWidth = 4 }), Decoded(new(4, 2, Random) { Hidden = 16, MemoryWidth = 4 }),
            Decoded(new(4, 2, Random) { MemoryWidth = 3 }), Decoded(new(4, 2, Random) { Layers = 2 }), Decoded(new(4, 2, Random) { Hidden = 5 }),
            Decoded(new(4, 2, Random) { Activation = Ops.Tanh }, Math.Tanh), Decoded(new(4, 2, Random) { Dropout = 0.3 }), Decoded(new(4, 2, Random) { NormalizeFirst = true }),
            Decoded(new(4, 2, Random) { Rotary = true }), Decoded(new(4, 2, Random) { Layers = 2, NormalizeFirst = true, Dropout = 0.3, MemoryWidth = 3 }),
        ],
        [nameof(TransformerEncoder)] =
        [
            Coded(new(4, 2, Random)), Coded(new(4, 1, Random)), Coded(new(6, 2, Random) { Hidden = 16 }), Coded(new(4, 2, Random) { Hidden = 16 }), Coded(new(4, 2, Random) { Layers = 2 }),
            Coded(new(4, 2, Random) { Hidden = 5 }), Coded(new(4, 2, Random) { Activation = Ops.Tanh }, Math.Tanh), Coded(new(4, 2, Random) { Dropout = 0.3 }),
            Coded(new(4, 2, Random) { NormalizeFirst = true }), Coded(new(4, 2, Random) { Rotary = true }), Coded(new(4, 2, Random) { Causal = true }),
            Coded(new(4, 2, Random) { Layers = 3, NormalizeFirst = true, Dropout = 0.3, Causal = true }),
        ],
    };

    private static RandomSource Random => new(1);

    private static Setting Own(MultiHeadAttention layer, bool filled = true) => InModes(layer, [Batch, Steps, layer.Width], (x, p) =>
    {
        double[][] weights = filled ? p : Begun(layer, 0.3f);
        return [.. new[] { true, false }.SelectMany(drawn => new Attending(layer, weights, 0, drawn ? Keys(layer) : []).Of(x, Steps, x, Steps))];
    }, filled);

    /// <summary>Steps of the layer's width, and beside them a memory of another length and width, in one input.</summary>
    private static Setting Crossed(MultiHeadAttention layer) => Beside(layer, layer.Width, layer.MemoryWidth, (x, memory, p, drawn) =>
        new Attending(layer, p, 0, drawn ? Keys(layer) : []).Of(x, Steps, memory, Places));

    private static Setting Coded(TransformerEncoder encoder, Func<double, double>? function = null) => InModes(
        encoder, [Batch, Steps, encoder.Width],
        (x, p) => [.. new[] { true, false }.SelectMany(drawn => Through(encoder, encoder.Causal, x, null, 0, p, drawn, function))]);

    private static Setting Decoded(TransformerDecoder decoder, Func<double, double>? function = null) => Beside(
        decoder, decoder.Width, decoder.MemoryWidth, (x, memory, p, drawn) => Through(decoder, true, x, memory, decoder.MemoryWidth, p, drawn, function));

    private static Setting Beside(Module module, int width, int memoryWidth, Func<double[], double[], double[][], bool, double[]> expected)
    {
        int all = Math.Max(width, memoryWidth);
        Setting together = InModes(new Split(module, width, memoryWidth), [Batch, Steps + Places, all], (x, p) =>
        {
            double[] input = [.. x.Where((_, i) => i / all % (Steps + Places) < Steps && i % all < width)];
            double[] memory = [.. x.Where((_, i) => i / all % (Steps + Places) >= Steps && i % all < memoryWidth)];
            return [.. expected(input, memory, p, true), .. expected(input, memory, p, false)];
        });
        return together with { Component = module };
    }

    private static Setting Embedded(PositionalEmbedding table, int steps = Steps) => On(
        table, [Batch, steps, table.Width], (x, p) => [.. x.Select((v, i) => v + p[0][i % (steps * table.Width)])]);

    private static Setting Encoded(PositionalEncoding encoding, int width) => AtFirst(encoding, [Batch, 7, width], x => [.. x.Select((v, i) =>
    {
        (int step, int j) = (i / width % 7, i % width);
        double angle = step / Math.Pow(encoding.Base, (double)(j - (j % 2)) / width);
        return v + (j % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
    })]);

    /// <summary>All layers, then the normalization at the end.</summary>
    private static double[] Through(
        TransformerModule module, bool causal, double[] x, double[]? memory, int memoryWidth, double[][] p, bool drawn, Func<double, double>? function)
    {
        int attentions = memory is null ? 1 : 2, width = module.Width, hidden = module.Hidden, own = (8 * attentions) + 4 + (2 * (attentions + 1)), draws = (2 * attentions) + 2;
        function ??= v => Math.Max(v, 0);
        for (int layer = 0; layer < module.Layers; layer++)
        {
            int at = layer * own, parts = 0;
            ulong[] keys = drawn ? [.. Keys(module).Skip(layer * draws).Take(draws)] : [];
            ulong[] Attend(int i) => keys.Length > 0 ? [keys[i]] : [];
            x = Part(x, y => new Attending(width, module.Heads, width / module.Heads, causal, module.Rotary, module.Dropout, p, at, Attend(0)).Of(y, Steps, y, Steps, width));
            if (memory is not null)
                x = Part(x, y => new Attending(width, module.Heads, width / module.Heads, false, false, module.Dropout, p, at + 8, Attend(1)).Of(y, Steps, memory, Places, memoryWidth));
            int feed = at + (8 * attentions);
            x = Part(x, y => Affine(Drop([.. Affine(y, p[feed], p[feed + 1]).Select(function)], (2 * attentions) + 1), p[feed + 2], p[feed + 3]));

            double[] Part(double[] before, Func<double[], double[]> part)
            {
                int place = parts++, norm = at + (8 * attentions) + 4 + (2 * place);
                double[] Sum(double[] y) => [.. before.Zip(Drop(y, attentions + place), (a, b) => a + b)];
                return module.NormalizeFirst ? Sum(part(Normal(before, p[norm], p[norm + 1]))) : Normal(Sum(part(before)), p[norm], p[norm + 1]);
            }

            double[] Drop(double[] y, int which) =>
                keys.Length == 0 ? y : [.. y.Zip(Uniform(keys[which], y.Length), (v, u) => u < module.Dropout ? 0 : v / (1 - module.Dropout))];
        }

        return module.NormalizeFirst ? Normal(x, p[^2], p[^1]) : x;
    }

    private static double[] Affine(double[] x, double[] weight, double[] bias) =>
        [.. Loops.Product(x, weight, x.Length / (weight.Length / bias.Length), weight.Length / bias.Length, bias.Length).Select((v, i) => v + bias[i % bias.Length])];

    private static double[] Normal(double[] x, double[] scale, double[] shift) => [.. x.Chunk(scale.Length).SelectMany(row =>
    {
        double mean = row.Sum() / row.Length, deviation = Math.Sqrt((row.Sum(v => Loops.Square(v - mean)) / row.Length) + 1e-5);
        return row.Select((v, i) => ((v - mean) / deviation * scale[i]) + shift[i]);
    })];

    /// <summary>The keys of what draws, in the order of the parts.</summary>
    private static ulong[] Keys(Module module) => [.. module.Parameters.Where(p => p.DType == DType.UInt64 && p.Name.EndsWith("key", StringComparison.Ordinal)).Select(p => p.Value.Span<ulong>()[0])];

    private static double[] Uniform(ulong key, int count) => Run.Numbers(RandomStream.Of(key).Uniform([count], DType.Float32));

    /// <summary>Weights that all begin alike, and biases of 0.</summary>
    private static double[][] Begun(Module module, double weight) =>
        [.. module.Parameters.Where(p => p.Role != ParameterRole.State).Select(p => Enumerable.Repeat(p.Role == ParameterRole.Weight ? weight : 0, p.Value.Count).ToArray())];

    /// <summary>An attention with its weights, which begin at a place in a list: those of queries, keys, values and the result, then their biases if there are some.</summary>
    private sealed class Attending(int width, int heads, int keyWidth, bool causal, bool rotary, double rate, double[][] p, int at, ulong[] keys)
    {
        private readonly int valueWidth = p[at + 3].Length / width / heads;

        public Attending(MultiHeadAttention layer, double[][] p, int at, ulong[] keys)
            : this(layer.Width, layer.Heads, layer.KeyWidth, layer.Causal, layer.Rotary, layer.Dropout, p, at, keys)
        {
            Biased = layer.UseBias;
        }

        private bool Biased { get; } = true;

        public double[] Of(double[] x, int steps, double[] memory, int places, int? memoryWidth = null)
        {
            int wide = memoryWidth ?? memory.Length / Batch / places;
            double[] q = Projected(x, width, 0), k = Projected(memory, wide, 1), v = Projected(memory, wide, 2), mean = new double[Batch * steps * heads * valueWidth];
            double[] uniform = keys.Length > 0 ? Uniform(keys[0], Batch * heads * steps * places) : [];
            for (int example = 0; example < Batch; example++)
            {
                for (int head = 0; head < heads; head++)
                {
                    for (int step = 0; step < steps; step++)
                    {
                        double[] shares = Loops.Softmax([.. Enumerable.Range(0, causal ? Math.Min(step + 1, places) : places).Select(place =>
                            Enumerable.Range(0, keyWidth).Sum(j => Turned(q, example, steps, step, head, j) * Turned(k, example, places, place, head, j)) / Math.Sqrt(keyWidth))]);
                        for (int place = 0; place < shares.Length; place++)
                        {
                            if (keys.Length > 0)
                                shares[place] = uniform[(((((example * heads) + head) * steps) + step) * places) + place] < rate ? 0 : shares[place] / (1 - rate);
                            for (int j = 0; j < valueWidth; j++)
                                mean[(((((example * steps) + step) * heads) + head) * valueWidth) + j] += shares[place] * v[(((((example * places) + place) * heads) + head) * valueWidth) + j];
                        }
                    }
                }
            }

            return Projected(mean, heads * valueWidth, 3);
        }

        private double[] Projected(double[] x, int from, int which) => Affine(x, p[at + which], Biased ? p[at + 4 + which] : new double[p[at + which].Length / from]);

        private double Turned(double[] all, int example, int count, int place, int head, int j)
        {
            double At(int feature) => all[(((((example * count) + place) * heads) + head) * keyWidth) + feature];
            if (!rotary)
                return At(j);
            int pairs = keyWidth / 2;
            double angle = place / Math.Pow(10000, 2.0 * (j % pairs) / keyWidth);
            return j < pairs ? (At(j) * Math.Cos(angle)) - (At(j + pairs) * Math.Sin(angle)) : (At(j - pairs) * Math.Sin(angle)) + (At(j) * Math.Cos(angle));
        }
    }

    /// <summary>A module whose input and memory lie behind each other in one input.</summary>
    private sealed class Split(Module inner, int width, int memoryWidth) : Module
    {
        public override IReadOnlyList<Module> Children => [inner];

        protected override Variable Build(Variable input, ForwardContext context) => inner.Forward(
            new Named(("input", input.Slice(1, 0, Steps).Slice(2, 0, width)), ("memory", input.Slice(1, Steps, Steps + Places).Slice(2, 0, memoryWidth))), context).Single;
    }
}
