using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;
using static Toolkit.Modeling.Tests.Values.Loops;
using static Toolkit.Modeling.Tests.Values.ModuleValues;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Layers on vectors.</summary>
internal static class DenseValues
{
    private static readonly double[] Mean = [0.5, -1, 0.25], Rows = [1, 0.5, -2, 3, 0.75, -1];

    private static readonly Constant Three = new(0.3);

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(Dense)] =
        [
            On(new Dense(3, 2, Random), [4, 3], (x, p) => Affine(x, p[0], p[1], 3, 2)),
            On(new Dense(3, 2, Random) { Activation = Ops.Tanh }, [4, 3], (x, p) => [.. Affine(x, p[0], p[1], 3, 2).Select(Math.Tanh)]),
            On(new Dense(3, 2, Random) { UseBias = false }, [4, 3], (x, p) => Affine(x, p[0], new double[2], 3, 2)),
            On(new Dense(3, 2, Random), [2, 2, 3], (x, p) => Affine(x, p[0], p[1], 3, 2)),
            On(new Dense(6, 2, Random), [2, 6], (x, p) => Affine(x, p[0], p[1], 6, 2)),
            On(new Dense(3, 5, Random), [4, 3], (x, p) => Affine(x, p[0], p[1], 3, 5)),
            AtFirst(new Dense(3, 2, Random) { WeightInitializer = Three }, [4, 3], x => Affine(x, Same(0.3f, 6), new double[2], 3, 2)),
            AtFirst(new Dense(3, 2, Random) { WeightInitializer = Three, BiasInitializer = new Constant(0.1) }, [4, 3], x => Affine(x, Same(0.3f, 6), Same(0.1f, 2), 3, 2)),
        ],
        [nameof(Embedding)] =
        [
            On(new Embedding(4, 3, Random), [2, 2], (x, p) => [.. x.SelectMany(s => p[0][(3 * (int)s)..((3 * (int)s) + 3)])], [3, 0, 1, 3]),
            On(new Embedding(6, 3, Random), [2, 2], (x, p) => [.. x.SelectMany(s => p[0][(3 * (int)s)..((3 * (int)s) + 3)])], [5, 0, 1, 3]),
            On(new Embedding(4, 2, Random), [2, 2], (x, p) => [.. x.SelectMany(s => p[0][(2 * (int)s)..((2 * (int)s) + 2)])], [3, 0, 1, 3]),
            AtFirst(new Embedding(4, 3, Random) { TableInitializer = Three }, [2, 2], _ => Same(0.3f, 12), [3, 0, 1, 3]),
        ],
        [nameof(FixedProjection)] =
        [
            AtFirst(Projection(Mean, Rows), [2, 3], x => Projected(x, Mean, Rows, 2)),
            AtFirst(Projection([0, 0, 0], Rows), [2, 3], x => Projected(x, [0, 0, 0], Rows, 2)) with { Argument = "mean" },
            AtFirst(Projection(Mean, [1, 2, 3]), [2, 3], x => Projected(x, Mean, [1, 2, 3], 1)) with { Argument = "weight" },
            AtFirst(Projection(Mean, Rows), [2, 1, 3], x => Projected(x, Mean, Rows, 2)), AtFirst(Projection(Mean, Rows), [2, 4, 3], x => Projected(x, Mean, Rows, 2)),
        ],
        [nameof(LowRankDense)] =
        [
            On(new LowRankDense(3, 4, 2, Random), [2, 3], (x, p) => Affine(Product(x, p[0], 2, 3, 2), p[1], p[2], 2, 4)),
            On(new LowRankDense(6, 4, 2, Random), [2, 6], (x, p) => Affine(Product(x, p[0], 2, 6, 2), p[1], p[2], 2, 4)) with { Argument = "inputs" },
            On(new LowRankDense(3, 1, 2, Random), [2, 3], (x, p) => Affine(Product(x, p[0], 2, 3, 2), p[1], p[2], 2, 1)) with { Argument = "outputs" },
            On(new LowRankDense(3, 4, 1, Random), [2, 3], (x, p) => Affine(Product(x, p[0], 2, 3, 1), p[1], p[2], 1, 4)) with { Argument = "rank" },
            On(new LowRankDense(3, 4, 2, Random, Ops.Tanh), [2, 3], (x, p) => [.. Affine(Product(x, p[0], 2, 3, 2), p[1], p[2], 2, 4).Select(Math.Tanh)]) with { Argument = "activation" },
        ],
        [nameof(Maxout)] =
        [
            On(new Maxout(3, 2, 2, Random), [4, 3], (x, p) => Greatest(Affine(x, p[0], p[1], 3, 4), 2)),
            On(new Maxout(3, 2, 2, Random), [2, 2, 2, 3], (x, p) => Greatest(Affine(x, p[0], p[1], 3, 4), 2)),
            On(new Maxout(6, 2, 2, Random), [4, 6], (x, p) => Greatest(Affine(x, p[0], p[1], 6, 4), 2)),
            On(new Maxout(3, 3, 2, Random), [4, 3], (x, p) => Greatest(Affine(x, p[0], p[1], 3, 6), 2)),
            On(new Maxout(3, 2, 3, Random), [4, 3], (x, p) => Greatest(Affine(x, p[0], p[1], 3, 6), 3)),
            AtFirst(new Maxout(3, 2, 2, Random) { WeightInitializer = Three }, [4, 3], x => Greatest(Affine(x, Same(0.3f, 12), new double[4], 3, 4), 2)),
        ],
        [nameof(MixtureClassifier)] =
        [
            On(new MixtureClassifier(2, 3, 2, Random), [4, 2], (x, p) => Joint(x, p, 2, 3, 2, 1e-3)),
            On(new MixtureClassifier(2, 3, 2, Random), [2, 2, 2, 2], (x, p) => Joint(x, p, 2, 3, 2, 1e-3)),
            On(new MixtureClassifier(4, 3, 2, Random), [4, 4], (x, p) => Joint(x, p, 4, 3, 2, 1e-3)),
            On(new MixtureClassifier(2, 2, 2, Random), [4, 2], (x, p) => Joint(x, p, 2, 2, 2, 1e-3)),
            On(new MixtureClassifier(2, 3, 1, Random), [4, 2], (x, p) => Joint(x, p, 2, 3, 1, 1e-3)),
            On(new MixtureClassifier(2, 3, 2, Random) { VarianceFloor = 0.5 }, [4, 2], (x, p) => Joint(x, p, 2, 3, 2, 0.5)),
            AtFirst(new MixtureClassifier(2, 3, 2, Random) { MeanInitializer = Three }, [4, 2], x => Joint(x, [new double[3], new double[6], Same(0.3f, 12), new double[12]], 2, 3, 2, 1e-3)),
            AtFirst(
                new MixtureClassifier(2, 3, 2, Random) { MeanInitializer = Three, InitialDeviation = 2 }, [4, 2],
                x => Joint(x, [new double[3], new double[6], Same(0.3f, 12), Same(Math.Log(2), 12)], 2, 3, 2, 1e-3)),
        ],
        [nameof(ParametricRelu)] =
        [
            AtFirst(new ParametricRelu(3), [2, 3, 2], x => [.. x.Select(v => v > 0 ? v : v / 4)]),
            AtFirst(new ParametricRelu(3) { InitialSlope = -1 }, [2, 3, 2], x => [.. x.Select(Math.Abs)]),
            On(new ParametricRelu(3), [2, 3, 2], (x, p) => [.. x.Select((v, i) => v > 0 ? v : v * p[0][i / 2 % 3])]),
            On(new ParametricRelu(2), [2, 2], (x, p) => [.. x.Select((v, i) => v > 0 ? v : v * p[0][i % 2])]),
            AtFirst(new ParametricRelu(2), [2, 2, 2], x => [.. x.Select(v => v > 0 ? v : v / 4)]),
        ],
        [nameof(RadialBasis)] =
        [
            On(new RadialBasis(2, 3, Random), [4, 2], (x, p) => Bumps(x, p[0], p[1], 2)),
            On(new RadialBasis(2, 3, Random), [2, 4, 2], (x, p) => Bumps(x, p[0], p[1], 2)),
            On(new RadialBasis(4, 3, Random), [4, 4], (x, p) => Bumps(x, p[0], p[1], 4)),
            On(new RadialBasis(2, 5, Random), [4, 2], (x, p) => Bumps(x, p[0], p[1], 2)),
            AtFirst(new RadialBasis(2, 3, Random) { TemplateInitializer = Three }, [4, 2], x => Bumps(x, Same(0.3f, 6), Same(1, 3), 2)),
            AtFirst(new RadialBasis(2, 3, Random) { TemplateInitializer = Three, InitialWidth = 2 }, [4, 2], x => Bumps(x, Same(0.3f, 6), Same(2, 3), 2)),
        ],
        [nameof(Rescaling)] =
        [
            AtFirst(new Rescaling(), [2, 3], x => [.. x.Select(v => v / 255)]),
            AtFirst(new Rescaling(4), [2, 3, 2], x => [.. x.Select(v => v / 4)]) with { Argument = "divisor" },
        ],
        [nameof(SharedOutputs)] =
        [
            AtFirst(new SharedOutputs(2), [3, 2], x => [.. x.Chunk(2).SelectMany(row => (double[])[.. row, 0, 0])]),
            AtFirst(new SharedOutputs(2) { Initial = 0.5 }, [3, 2], x => [.. x.Chunk(2).SelectMany(row => (double[])[.. row, 0.5, 0.5])]),
            AtFirst(new SharedOutputs(2) { Alone = true, Initial = 0.5 }, [3, 2], _ => Same(0.5, 6)),
            AtFirst(new SharedOutputs(2) { Alone = true, Initial = 0.5 }, [3, 2, 2], _ => Same(0.5, 12)),
            On(new SharedOutputs(3), [3, 2, 2], (x, p) => [.. x.Chunk(2).SelectMany(row => row.Concat(p[0]))]),
            On(new SharedOutputs(3), [3, 2], (x, p) => [.. x.Chunk(2).SelectMany(row => row.Concat(p[0]))]),
        ],
        [nameof(Standardization)] =
        [
            AtFirst(Standardized(Mean, [1, 2, 4]), [2, 3], x => [.. x.Select((v, i) => (v - Mean[i % 3]) / (1 << (i % 3)))]),
            AtFirst(Standardized([0, 0, 0], [1, 2, 4]), [2, 3], x => [.. x.Select((v, i) => v / (1 << (i % 3)))]) with { Argument = "mean" },
            AtFirst(Standardized(Mean, [1, 1, 1]), [2, 3], x => [.. x.Select((v, i) => v - Mean[i % 3])]) with { Argument = "deviation" },
            AtFirst(new Standardization(FeatureScaling.Fit(Dataset.FromTargets([0, 0, 0, 2, 4, 8], [3], [0, 0], []))), [2, 3], x => [.. x.Select((v, i) => (v / (1 << (i % 3))) - 1)]) with { Argument = "scaling" },
            AtFirst(Standardized(Mean, [1, 2, 4]), [2, 4, 3], x => [.. x.Select((v, i) => (v - Mean[i % 3]) / (1 << (i % 3)))]),
            AtFirst(new Standardization([1, 2], [2, 4]) { PerChannel = true }, [2, 2, 3, 1], x => [.. x.Select((v, i) => (v - (1 + (i / 3 % 2))) / (2 << (i / 3 % 2)))]),
            AtFirst(new Standardization([1, 2], [2, 4]) { PerChannel = true }, [3, 2], x => [.. x.Select((v, i) => (v - (1 + (i % 2))) / (2 << (i % 2)))]),
            AtFirst(Standardized(Mean, [1, 2, 4]), [2, 3, 1], x => [.. x.Select((v, i) => (v - Mean[i % 3]) / (1 << (i % 3)))]),
        ],
        [nameof(TransposedDense)] =
        [
            Tied([4, 3], null, h => h), Tied([4, 3], Ops.Tanh, Math.Tanh), Tied([2, 4, 3], Ops.Tanh, Math.Tanh),
        ],
    };

    private static RandomSource Random => new(1);

    private static double[] Same(double number, int count) => [.. Enumerable.Repeat(number, count)];

    private static double[] Affine(double[] x, double[] weight, double[] bias, int inputs, int outputs) =>
        [.. Product(x, weight, x.Length / inputs, inputs, outputs).Select((v, i) => v + bias[i % outputs])];

    private static double[] Greatest(double[] pieces, int count) => [.. pieces.Chunk(count).Select(unit => unit.Max())];

    private static FixedProjection Projection(double[] mean, double[] weight) => new([.. mean.Select(v => (float)v)], [.. weight.Select(v => (float)v)]);

    private static Standardization Standardized(double[] mean, double[] deviation) => new([.. mean.Select(v => (float)v)], [.. deviation.Select(v => (float)v)]);

    private static double[] Projected(double[] x, double[] mean, double[] weight, int outputs) =>
        Product([.. x.Select((v, i) => v - mean[i % 3])], weight, x.Length / 3, 3, outputs);

    private static double[] Bumps(double[] x, double[] templates, double[] widths, int inputs) =>
        [.. x.Chunk(inputs).SelectMany(at => widths.Select((width, unit) => Math.Exp(-at.Select((v, j) => Square(v - templates[(unit * inputs) + j])).Sum() / Square(width))))];

    /// <summary>A decoder that shares the weights of the layer before it: the middle of the two is 2 wide.</summary>
    private static Setting Tied(int[] sizes, Func<Autograd.Graph.Variable, Autograd.Graph.Variable>? activation, Func<double, double> function)
    {
        var first = new Dense(3, 2, Random);
        var second = new TransposedDense(first) { Activation = activation };
        Setting chain = On(
            new Sequential(first, second), sizes,
            (x, p) =>
            {
                double[] turned = [.. Enumerable.Range(0, 6).Select(i => p[0][(i % 3 * 2) + (i / 3)])];
                return [.. Affine(Affine(x, p[0], p[1], 3, 2), turned, p[2], 2, 3).Select(function)];
            });
        return chain with { Component = second, Argument = "other" };
    }

    /// <summary>ln P(y) + ln Σ P(m | y) N(x; …), each density by itself.</summary>
    private static double[] Joint(double[] x, double[][] p, int inputs, int classes, int components, double floor)
    {
        double all = LogSumExp(p[0]);
        return
        [
            .. x.Chunk(inputs).SelectMany(at => Enumerable.Range(0, classes).Select(y =>
            {
                double[] mixing = p[1][(y * components)..((y + 1) * components)];
                return p[0][y] - all + LogSumExp([.. mixing.Select((m, k) => m - LogSumExp(mixing) - at.Select((v, j) =>
                {
                    int place = (((y * components) + k) * inputs) + j;
                    double variance = Math.Exp(2 * p[3][place]) + floor;
                    return (Square(v - p[2][place]) / (2 * variance)) + (Math.Log(2 * Math.PI * variance) / 2);
                }).Sum())]);
            })),
        ];
    }
}
