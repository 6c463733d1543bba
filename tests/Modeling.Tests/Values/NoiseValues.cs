using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;
using static Toolkit.Modeling.Tests.Values.Loops;
using static Toolkit.Modeling.Tests.Values.ModuleValues;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Modules that draw: their results for the numbers that their key and counter select.</summary>
internal static class NoiseValues
{
    private static readonly Module Dropping = new Dropout(0.4, Random), Classifier = Small(0.4, 1), Other = Small(0.7, 2);

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(DropConnect)] =
        [
            Connect(new DropConnect(3, 4, 0.4, Random), 3, 4, 0.4, v => v), Connect(new DropConnect(6, 4, 0.4, Random), 6, 4, 0.4, v => v),
            Connect(new DropConnect(3, 5, 0.4, Random), 3, 5, 0.4, v => v), Connect(new DropConnect(3, 4, 0.8, Random), 3, 4, 0.8, v => v),
            Connect(new DropConnect(3, 4, 0, Random), 3, 4, 0, v => v), Connect(new DropConnect(3, 4, 0.4, Random), 3, 4, 0.4, v => v, 5), Connect(new DropConnect(3, 4, 0.4, Random) { Activation = Ops.Tanh }, 3, 4, 0.4, Math.Tanh),
        ],
        [nameof(Dropout)] = [.. new[] { 0.4, 0.8, 0 }.Select(rate =>
        {
            var layer = new Dropout(rate, Random);
            return InModes(layer, [4, 5], (x, _) => [.. x.Zip(Uniforms(layer, 4, 5), (v, u) => u < rate ? 0 : v / (1 - rate)), .. x]);
        })],
        [nameof(FastDropout)] =
        [
            Fast(new FastDropout(3, 4, 0.4, FastDropoutUnit.Rectifier, Random), 3, 4, 0.4, FastDropoutUnit.Rectifier), Fast(new FastDropout(6, 4, 0.4, FastDropoutUnit.Rectifier, Random), 6, 4, 0.4, FastDropoutUnit.Rectifier),
            Fast(new FastDropout(3, 2, 0.4, FastDropoutUnit.Rectifier, Random), 3, 2, 0.4, FastDropoutUnit.Rectifier), Fast(new FastDropout(3, 4, 0.8, FastDropoutUnit.Rectifier, Random), 3, 4, 0.8, FastDropoutUnit.Rectifier),
            Fast(new FastDropout(3, 4, 0.4, FastDropoutUnit.Sigmoid, Random), 3, 4, 0.4, FastDropoutUnit.Sigmoid), Fast(new FastDropout(3, 4, 0.4, FastDropoutUnit.Logit, Random), 3, 4, 0.4, FastDropoutUnit.Logit),
            Fast(new FastDropout(3, 4, 0, FastDropoutUnit.Sigmoid, Random), 3, 4, 0, FastDropoutUnit.Sigmoid), Fast(new FastDropout(3, 4, 0.4, FastDropoutUnit.Rectifier, Random), 3, 4, 0.4, FastDropoutUnit.Rectifier, null, 5),
            Fast(new FastDropout(3, 4, 0.4, FastDropoutUnit.Rectifier, Random) { WeightInitializer = new Constant(0.3) }, 3, 4, 0.4, FastDropoutUnit.Rectifier, 0.3f),
        ],
        [nameof(GaussianNoise)] = [.. new[] { (0.5, false), (2, false), (0.5, true), (0, true) }.Select(s =>
        {
            var layer = new GaussianNoise(s.Item1, Random) { Multiplicative = s.Item2 };
            return InModes(layer, [4, 5], (x, _) => [.. x.Zip(Normals(layer, 4, 5), (v, n) => s.Item2 ? v * (1 + (s.Item1 * n)) : v + (s.Item1 * n)), .. x]);
        })],
        [nameof(GeometricEnsemble)] =
        [
            Masks(new GeometricEnsemble(Classifier), 0.4, false), Masks(new GeometricEnsemble(Other), 0.7, false) with { Argument = "inner" },
            Masks(new GeometricEnsemble(Classifier) { Arithmetic = true }, 0.4, true),
        ],
        [nameof(MonteCarlo)] =
        [
            Runs(Dropping, 3, false), Runs(Dropping, 5, false), Runs(Dropping, 3, true), Runs(new GaussianNoise(0.5, Random), 3, false) with { Argument = "inner" },
        ],
        [nameof(StochasticPool2D)] =
        [
            Pool(new(2, Random)), Pool(new(3, Random)), Pool(new(3, Random) { Stride = 2 }), Pool(new(2, Random) { Stride = 2 }), Pool(new([2, 3], Random) { Stride = [2, 1], Pads = [1, 0, 0, 2] }),
            Pool(new(3, Random) { Stride = 1 }), Pool(new(3, Random) { Padding = Padding.Same }), Pool(new(3, Random) { Pads = [2, 1, 0, 0] }),
        ],
    };

    private static RandomSource Random => new(1);

    /// <summary>The uniform numbers that the key and the counter of a layer select at its first application.</summary>
    private static double[] Uniforms(Module layer, params int[] sizes) => Run.Numbers(Stream(layer).Uniform(Shape.OfSizes(sizes), DType.Float32));

    private static double[] Normals(Module layer, params int[] sizes) => Run.Numbers(Stream(layer).Normal(Shape.OfSizes(sizes), DType.Float32));

    private static RandomStream Stream(Module layer)
    {
        Parameter key = layer.Parameters.Single(p => p.Name.EndsWith("key", StringComparison.Ordinal));
        return RandomStream.Of(key.Value.Span<ulong>()[0]);
    }

    private static Setting Connect(DropConnect layer, int inputs, int outputs, double rate, Func<double, double> function, params int[] steps) => InModes(layer, [2, .. steps, inputs], (x, p) =>
    {
        double[] kept = [.. p[0].Zip(Uniforms(layer, inputs, outputs), (w, u) => u < rate ? 0 : w / (1 - rate))];
        return [.. Affine(kept), .. Affine(p[0])];

        IEnumerable<double> Affine(double[] w) => Product(x, w, x.Length / inputs, inputs, outputs).Select((v, i) => function(v + p[1][i % outputs]));
    });

    /// <summary>The expectation of a rectifier by Simpson's rule; that of a sigmoid by its documented approximation.</summary>
    private static Setting Fast(FastDropout layer, int inputs, int outputs, double rate, FastDropoutUnit unit, double? weight = null, params int[] steps)
    {
        return InModes(layer, [2, .. steps, inputs], (x, p) =>
        {
            double[] w = weight is { } same ? [.. Enumerable.Repeat(same, inputs * outputs)] : p[0], bias = weight is null ? p[1] : new double[outputs];
            double[] mean = [.. Product(x, w, x.Length / inputs, inputs, outputs).Select((v, i) => v + bias[i % outputs])];
            double[] variance = [.. Product([.. x.Select(Square)], [.. w.Select(Square)], x.Length / inputs, inputs, outputs).Select(v => v * rate / (1 - rate))];
            return [.. mean.Zip(variance, Expected), .. mean.Select(m => Expected(m, 0))];
        }, weight is null);

        double Expected(double mean, double variance) => unit switch
        {
            FastDropoutUnit.Rectifier => variance == 0 ? Math.Max(mean, 0) : Rectified(mean, Math.Sqrt(variance)),
            FastDropoutUnit.Sigmoid => Sigmoid(mean / Math.Sqrt(1 + (Math.PI * variance / 8))),
            _ => mean,
        };

        static double Rectified(double mean, double deviation)
        {
            const int Steps = 4000;
            double high = Math.Max(mean, 0) + (12 * deviation), h = high / Steps, sum = 0;
            for (int i = 0; i <= Steps; i++)
                sum += (i == 0 || i == Steps ? 1 : i % 2 == 0 ? 2 : 4) * i * h * Math.Exp(-Square(((i * h) - mean) / deviation) / 2);
            return sum * h / 3 / (deviation * Math.Sqrt(2 * Math.PI));
        }
    }

    private static Sequential Small(double rate, ulong seed) => new(new Dropout(rate, new RandomSource(seed)), new Dense(2, 3, new RandomSource(seed)));

    /// <summary>All four masks of two inputs, weighted by their probabilities.</summary>
    private static Setting Masks(GeometricEnsemble ensemble, double rate, bool arithmetic) => On(ensemble, [3, 2], (x, p) => [.. x.Chunk(2).SelectMany(at =>
    {
        var sum = new double[3];
        for (int mask = 0; mask < 4; mask++)
        {
            double weight = (mask % 2 == 1 ? 1 - rate : rate) * (mask / 2 == 1 ? 1 - rate : rate);
            double[] z = [.. Enumerable.Range(0, 3).Select(c => p[1][c] + (((mask % 2 * at[0] * p[0][c]) + (mask / 2 * at[1] * p[0][3 + c])) / (1 - rate)))];
            for (int c = 0; c < 3; c++)
                sum[c] += weight * (arithmetic ? Math.Exp(z[c] - LogSumExp(z)) : z[c] - LogSumExp(z));
        }

        return arithmetic ? sum.Select(p => Math.Log(p)) : sum.Select(l => l - LogSumExp(sum));
    })]);

    /// <summary>The mean and the variance over as many copies of the examples in one batch of the layer.</summary>
    private static Setting Runs(Module layer, int samples, bool variance)
    {
        var module = new MonteCarlo(layer, samples) { WithVariance = variance };
        return AtFirst(module, [2, 3], x =>
        {
            var context = new ForwardContext(Mode.Training);
            Variable input = Run.Tensor([.. Enumerable.Repeat(x, samples).SelectMany(row => row).Select(v => (float)v)], samples * 2, 3);
            double[][] runs = [.. Run.Numbers(layer.Forward(input, context)).Chunk(6)];
            return [.. Enumerable.Range(0, 2).SelectMany(row => Means(row).Concat(variance ? Places(row).Select((i, j) => runs.Average(r => Square(r[i] - Means(row)[j]))) : []))];

            double[] Means(int row) => [.. Places(row).Select(i => runs.Average(r => r[i]))];
            static IEnumerable<int> Places(int row) => Enumerable.Range(3 * row, 3);
        });
    }

    /// <summary>Windows over images of 6 × 6, what lies outside being 0.</summary>
    private static Setting Pool(StochasticPool2D layer)
    {
        (int height, int width, int down, int right) = (layer.Size[0], layer.Size[1], layer.Stride[0], layer.Stride[1]);
        int[] border = layer.Pads is { } pads ? [.. pads]
            : layer.Padding == Padding.Same ? [(height - 1) / 2, (width - 1) / 2, height / 2, width / 2] : [0, 0, 0, 0];
        int rows = ((6 + border[0] + border[2] - height) / down) + 1, columns = ((6 + border[1] + border[3] - width) / right) + 1;
        return InModes(layer, [2, 2, 6, 6], (x, _) =>
        {
            double[] uniforms = Uniforms(layer, 2, 2, rows, columns, 1);
            double[][] windows = [.. Enumerable.Range(0, 4 * rows * columns).Select(w => Enumerable.Range(0, height * width).Select(k =>
                At(x, w / (rows * columns), (w / columns % rows * down) + (k / width) - border[0], (w % columns * right) + (k % width) - border[1])).ToArray())];
            return [.. windows.Select((w, i) => Chosen(w, uniforms[i] * w.Sum())), .. windows.Select(w => w.Sum() == 0 ? 0 : w.Sum(Square) / w.Sum())];
        });

        static double At(double[] x, int image, int row, int column) => row is < 0 or > 5 || column is < 0 or > 5 ? 0 : Math.Max(0, x[(image * 36) + (row * 6) + column]);

        static double Chosen(double[] window, double level)
        {
            double sum = 0;
            foreach (double v in window)
            {
                sum += v;
                if (sum > level)
                    return v;
            }

            return 0;
        }
    }
}
