using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;
using static Toolkit.Modeling.Tests.Values.ModuleValues;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Windows over signals, images and volumes of 2 examples.</summary>
internal static class WindowValues
{
    private const int Examples = 2;

    private static readonly int[][] Sizes = [[7], [5, 6], [3, 4, 3]];

    private static readonly Constant Three = new(0.3), One = new(0.1);

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(AveragePool1D)] =
        [
            Average(new AveragePool1D(2)), Average(new AveragePool1D(3)), Average(new AveragePool1D(2) { CeilMode = true }), Average(new AveragePool1D(2) { Stride = 1 }),
            Average(new AveragePool1D(2) { Padding = Padding.Same }), Average(new AveragePool1D(3) { Pads = [2, 1] }),
            .. new[] { 2, 3 }.Select(size => Average(new AveragePool1D(size) { Stride = 3 })),
        ],
        [nameof(AveragePool2D)] =
        [
            Average(new AveragePool2D(2)), Average(new AveragePool2D(2) { CeilMode = true }), Average(new AveragePool2D(3) { Stride = 2 }), Average(new AveragePool2D(2) { Stride = 1 }),
            Average(new AveragePool2D(2) { Padding = Padding.Same }), Average(new AveragePool2D(2) { Padding = Padding.Full }), Average(new AveragePool2D([2, 3]) { Stride = [2, 1] }),
            Average(new AveragePool2D([3, 2]) { Stride = 2, Pads = [0, 1, 2, 0] }), Average(new AveragePool2D([2, 3]) { Stride = 2 }), Average(new AveragePool2D(2) { Pads = [1, 0, 0, 1] }),
        ],
        [nameof(AveragePool3D)] =
        [
            Average(new AveragePool3D(2)), Average(new AveragePool3D(2) { CeilMode = true }), Average(new AveragePool3D([1, 2, 3]) { Stride = 2 }), Average(new AveragePool3D(2) { Stride = [1, 2, 1] }),
            Average(new AveragePool3D(2) { Padding = Padding.Same }), Average(new AveragePool3D(2) { Pads = [1, 0, 0, 0, 1, 1] }), Average(new AveragePool3D(2) { Stride = 2 }),
        ],
        [nameof(Conv1D)] =
        [
            Conv(new Conv1D(4, 2, 3, Random)), Conv(new Conv1D(2, 2, 3, Random)), Conv(new Conv1D(4, 6, 3, Random)), Conv(new Conv1D(4, 2, 2, Random)), Conv(new Conv1D(4, 2, 3, Random) { Stride = 2 }),
            Conv(new Conv1D(4, 2, 3, Random) { Dilation = 2 }), Conv(new Conv1D(4, 2, 3, Random) { Groups = 2 }), Conv(new Conv1D(4, 2, 3, Random) { Padding = Padding.Same }),
            Conv(new Conv1D(4, 2, 3, Random) { Pads = [2, 0] }), Conv(new Conv1D(4, 4, 3, Random) { Groups = 4, Padding = Padding.Full }),
            Conv(new Conv1D(4, 2, 3, Random) { Activation = Ops.Tanh }, Math.Tanh), Conv(new Conv1D(4, 2, 3, Random) { UseBias = false }, bias: 0),
            Conv(new Conv1D(4, 2, 3, Random) { WeightInitializer = Three }, weight: 0.3f, bias: 0), Conv(new Conv1D(4, 2, 3, Random) { WeightInitializer = Three, BiasInitializer = One }, weight: 0.3f, bias: 0.1f),
        ],
        [nameof(Conv2D)] =
        [
            Conv(new Conv2D(4, 2, 3, Random)), Conv(new Conv2D(2, 2, 3, Random)), Conv(new Conv2D(4, 6, 3, Random)), Conv(new Conv2D(4, 2, 2, Random)), Conv(new Conv2D(4, 2, [2, 3], Random)),
            Conv(new Conv2D(4, 2, 3, Random) { Stride = 2 }), Conv(new Conv2D(4, 2, 3, Random) { Stride = [1, 2] }), Conv(new Conv2D(4, 2, 3, Random) { Dilation = 2 }),
            Conv(new Conv2D(4, 2, 3, Random) { Dilation = [1, 2], Padding = Padding.Same }), Conv(new Conv2D(4, 2, 3, Random) { Groups = 2 }),
            Conv(new Conv2D(4, 8, 3, Random) { Groups = 4 }), Conv(new Conv2D(4, 2, 3, Random) { Padding = Padding.Same }), Conv(new Conv2D(4, 2, 2, Random) { Padding = Padding.Same }),
            Conv(new Conv2D(4, 2, 3, Random) { Padding = Padding.Full }), Conv(new Conv2D(4, 2, 3, Random) { Pads = [2, 0, 1, 3] }), Conv(new Conv2D(4, 2, 3, Random) { Activation = Ops.Tanh }, Math.Tanh),
            Conv(new Conv2D(4, 2, 3, Random) { UseBias = false }, bias: 0), Conv(new Conv2D(4, 2, 3, Random) { WeightInitializer = Three }, weight: 0.3f, bias: 0),
            Conv(new Conv2D(4, 2, 3, Random) { WeightInitializer = Three, BiasInitializer = One }, weight: 0.3f, bias: 0.1f),
        ],
        [nameof(Conv3D)] =
        [
            Conv(new Conv3D(4, 2, 2, Random)), Conv(new Conv3D(2, 2, 2, Random)), Conv(new Conv3D(4, 6, 2, Random)), Conv(new Conv3D(4, 2, [1, 2, 3], Random)), Conv(new Conv3D(4, 2, 2, Random) { Stride = [2, 1, 2] }),
            Conv(new Conv3D(4, 2, 2, Random) { Dilation = [1, 2, 1] }), Conv(new Conv3D(4, 2, 2, Random) { Groups = 2 }), Conv(new Conv3D(4, 2, 2, Random) { Padding = Padding.Same }),
            Conv(new Conv3D(4, 2, 2, Random) { Pads = [1, 0, 0, 0, 2, 1] }), Conv(new Conv3D(4, 2, 2, Random) { Activation = Ops.Tanh }, Math.Tanh), Conv(new Conv3D(4, 2, 2, Random) { UseBias = false }, bias: 0),
            Conv(new Conv3D(4, 2, 2, Random) { WeightInitializer = Three }, weight: 0.3f, bias: 0), Conv(new Conv3D(4, 2, 2, Random) { WeightInitializer = Three, BiasInitializer = One }, weight: 0.3f, bias: 0.1f),
        ],
        [nameof(ConvTranspose1D)] =
        [
            Transposed(new ConvTranspose1D(4, 2, 3, Random)), Transposed(new ConvTranspose1D(2, 2, 3, Random)), Transposed(new ConvTranspose1D(4, 6, 3, Random)), Transposed(new ConvTranspose1D(4, 2, 2, Random)),
            Transposed(new ConvTranspose1D(4, 2, 3, Random) { Stride = 2 }), Transposed(new ConvTranspose1D(4, 2, 3, Random) { Stride = 2, OutputPadding = 1 }),
            Transposed(new ConvTranspose1D(4, 2, 3, Random) { Dilation = 2 }), Transposed(new ConvTranspose1D(4, 2, 3, Random) { Groups = 2 }), Transposed(new ConvTranspose1D(4, 2, 3, Random) { Padding = Padding.Same }),
            Transposed(new ConvTranspose1D(4, 2, 3, Random) { Pads = [2, 0] }), Transposed(new ConvTranspose1D(4, 2, 3, Random) { Activation = Ops.Tanh }, Math.Tanh),
            Transposed(new ConvTranspose1D(4, 2, 3, Random) { UseBias = false }, bias: 0), Transposed(new ConvTranspose1D(4, 2, 3, Random) { WeightInitializer = Three }, weight: 0.3f, bias: 0),
            Transposed(new ConvTranspose1D(4, 2, 3, Random) { WeightInitializer = Three, BiasInitializer = One }, weight: 0.3f, bias: 0.1f),
        ],
        [nameof(ConvTranspose2D)] =
        [
            Transposed(new ConvTranspose2D(4, 2, [2, 3], Random)), Transposed(new ConvTranspose2D(2, 2, [2, 3], Random)), Transposed(new ConvTranspose2D(4, 6, [2, 3], Random)), Transposed(new ConvTranspose2D(4, 2, 2, Random)),
            Transposed(new ConvTranspose2D(4, 2, [2, 3], Random) { Stride = [2, 3] }), Transposed(new ConvTranspose2D(4, 2, [2, 3], Random) { Stride = [2, 3], OutputPadding = [0, 2] }),
            Transposed(new ConvTranspose2D(4, 2, [2, 3], Random) { Dilation = [1, 2] }), Transposed(new ConvTranspose2D(4, 2, [2, 3], Random) { Groups = 2 }),
            Transposed(new ConvTranspose2D(4, 2, [2, 3], Random) { Padding = Padding.Same }), Transposed(new ConvTranspose2D(4, 2, [2, 3], Random) { Pads = [1, 0, 0, 2] }),
            Transposed(new ConvTranspose2D(4, 2, [2, 3], Random) { Activation = Ops.Tanh }, Math.Tanh), Transposed(new ConvTranspose2D(4, 2, [2, 3], Random) { UseBias = false }, bias: 0),
            Transposed(new ConvTranspose2D(4, 2, [2, 3], Random) { WeightInitializer = Three }, weight: 0.3f, bias: 0),
            Transposed(new ConvTranspose2D(4, 2, [2, 3], Random) { WeightInitializer = Three, BiasInitializer = One }, weight: 0.3f, bias: 0.1f),
        ],
        [nameof(ConvTranspose3D)] =
        [
            Transposed(new ConvTranspose3D(2, 4, 2, Random)), Transposed(new ConvTranspose3D(4, 4, 2, Random)), Transposed(new ConvTranspose3D(2, 6, 2, Random)), Transposed(new ConvTranspose3D(2, 4, [1, 2, 3], Random)),
            Transposed(new ConvTranspose3D(2, 4, 2, Random) { Stride = [2, 1, 2] }), Transposed(new ConvTranspose3D(2, 4, 2, Random) { Stride = [2, 1, 2], OutputPadding = [1, 0, 1] }),
            Transposed(new ConvTranspose3D(2, 4, 2, Random) { Dilation = [1, 2, 1] }), Transposed(new ConvTranspose3D(2, 4, 2, Random) { Groups = 2 }),
            Transposed(new ConvTranspose3D(2, 4, 2, Random) { Padding = Padding.Same }), Transposed(new ConvTranspose3D(2, 4, 2, Random) { Pads = [1, 0, 0, 0, 2, 1] }),
            Transposed(new ConvTranspose3D(2, 4, 2, Random) { Activation = Ops.Tanh }, Math.Tanh), Transposed(new ConvTranspose3D(2, 4, 2, Random) { UseBias = false }, bias: 0),
            Transposed(new ConvTranspose3D(2, 4, 2, Random) { WeightInitializer = Three }, weight: 0.3f, bias: 0),
            Transposed(new ConvTranspose3D(2, 4, 2, Random) { WeightInitializer = Three, BiasInitializer = One }, weight: 0.3f, bias: 0.1f),
        ],
        [nameof(GlobalPool)] =
        [
            AtFirst(new GlobalPool(), [2, 3, 2, 4], x => [.. x.Chunk(8).Select(c => c.Average())]), AtFirst(new GlobalPool { Greatest = true }, [2, 3, 2, 4], x => [.. x.Chunk(8).Select(c => c.Max())]),
            AtFirst(new GlobalPool { Axes = [1] }, [2, 3, 5], x => [.. x.Chunk(15).SelectMany(steps => Enumerable.Range(0, 5).Select(j => (steps[j] + steps[5 + j] + steps[10 + j]) / 3))]),
            AtFirst(new GlobalPool { Axes = [1, 3], Greatest = true }, [1, 2, 2, 3], x => [Math.Max(x[..3].Max(), x[6..9].Max()), Math.Max(x[3..6].Max(), x[9..].Max())]),
            AtFirst(new GlobalPool(), [2, 3, 5], x => [.. x.Chunk(5).Select(c => c.Average())]), AtFirst(new GlobalPool { Greatest = true }, [2, 3, 2, 2, 2], x => [.. x.Chunk(8).Select(c => c.Max())]),
        ],
        [nameof(MaxPool1D)] =
        [
            Max(new MaxPool1D(2)), Max(new MaxPool1D(2) { CeilMode = true }), Max(new MaxPool1D(3) { Stride = 2 }), Max(new MaxPool1D(2) { Stride = 1 }), Max(new MaxPool1D(2) { Dilation = 3 }),
            Max(new MaxPool1D(2) { Padding = Padding.Same }), Max(new MaxPool1D(2) { Pads = [1, 1] }), Max(new MaxPool1D(2) { Stride = 2 }),
        ],
        [nameof(MaxPool2D)] =
        [
            Max(new MaxPool2D(2)), Max(new MaxPool2D(2) { CeilMode = true }), Max(new MaxPool2D(3) { Stride = 2 }), Max(new MaxPool2D(2) { Stride = 1 }), Max(new MaxPool2D(2) { Dilation = 2 }),
            Max(new MaxPool2D(2) { Padding = Padding.Same }), Max(new MaxPool2D(2) { Padding = Padding.Full }), Max(new MaxPool2D([3, 1]) { Stride = [1, 2], Dilation = [2, 1] }),
            Max(new MaxPool2D(2) { Pads = [1, 0, 0, 1] }), Max(new MaxPool2D([2, 3]) { Stride = 2, Pads = [0, 2, 1, 1] }),
        ],
        [nameof(MaxPool3D)] =
        [
            Max(new MaxPool3D(2)), Max(new MaxPool3D(2) { CeilMode = true }), Max(new MaxPool3D([1, 2, 3]) { Stride = 2 }), Max(new MaxPool3D(2) { Stride = [1, 2, 1] }), Max(new MaxPool3D(2) { Dilation = [1, 2, 1] }),
            Max(new MaxPool3D(2) { Padding = Padding.Same }), Max(new MaxPool3D(2) { Pads = [1, 0, 0, 0, 1, 1] }), Max(new MaxPool3D(2) { Stride = 2 }),
        ],
    };

    private static RandomSource Random => new(1);

    /// <summary>Where the window stands along an axis.</summary>
    private sealed record Axis(int Length, int Size, int Stride, int Dilation, int Before, int After, bool Ceil = false)
    {
        private int Reach => ((Size - 1) * Dilation) + 1;

        /// <summary>Where windows begin: the last within the border, or with ceil one more that begins within it.</summary>
        public IEnumerable<int> Starts
        {
            get
            {
                for (int start = -Before; Ceil ? start - Stride + Reach < Length + After && start < Length : start + Reach <= Length + After; start += Stride)
                    yield return start;
            }
        }

        /// <summary>The size of an image of which so many windows are made.</summary>
        public int Image(int more) => ((Length - 1) * Stride) + Reach + more - Before - After;
    }

    private static Axis[] Axes(WindowModule module, PerAxis window, PerAxis? dilation, bool ceil = false)
    {
        int[] sizes = Sizes[window.Count - 1];
        return [.. sizes.Select((size, axis) =>
        {
            int reach = ((window[axis] - 1) * (dilation?[axis] ?? 1)) + 1;
            (int before, int after) = module.Padding switch { Padding.Valid => (0, 0), Padding.Same => ((reach - 1) / 2, reach - 1 - ((reach - 1) / 2)), _ => (reach - 1, reach - 1) };
            if (module.Pads is { } pads)
                (before, after) = (pads[axis], pads[sizes.Length + axis]);
            return new Axis(size, window[axis], module.Stride[axis], dilation?[axis] ?? 1, before, after, ceil);
        })];
    }

    private static Setting Average(PoolingModule pool) => Pooled(pool, Axes(pool, pool.Size, null, pool.CeilMode), window => window.Average());

    private static Setting Max(MaxPoolModule pool) => Pooled(pool, Axes(pool, pool.Size, pool.Dilation, pool.CeilMode), window => window.Max());

    private static Setting Pooled(Module pool, Axis[] axes, Func<IEnumerable<double>, double> value)
    {
        int[] sizes = [.. axes.Select(axis => axis.Length)];
        return AtFirst(pool, [Examples, 2, .. sizes], x => [.. x.Chunk(Count(sizes)).SelectMany(image => Choices([.. axes.Select(axis => axis.Starts.ToArray())]).Select(start => value(
            Choices([.. axes.Select(axis => Enumerable.Range(0, axis.Size).ToArray())])
                .Select(place => At(sizes, [.. start.Select((s, a) => s + (place[a] * axes[a].Dilation))])).Where(at => at >= 0).Select(at => image[at]))))]);
    }

    private static Setting Conv(ConvolutionModule layer, Func<double, double>? function = null, double? weight = null, double? bias = null)
    {
        Axis[] axes = Axes(layer, layer.Kernel, layer.Dilation);
        int[] sizes = [.. axes.Select(axis => axis.Length)];
        int within = layer.Inputs / layer.Groups, image = Count(sizes), area = Count([.. layer.Kernel]);
        return InModes(layer, [Examples, layer.Inputs, .. sizes], (x, p) => [.. Each(x, p), .. Each(x, p)], weight is null);

        IEnumerable<double> Each(double[] x, double[][] p)
        {
            for (int n = 0; n < Examples; n++)
            {
                for (int o = 0; o < layer.Outputs; o++)
                {
                    foreach (int[] start in Choices([.. axes.Select(axis => axis.Starts.ToArray())]))
                    {
                        double sum = bias ?? p[1][o];
                        for (int channel = 0; channel < within; channel++)
                        {
                            int input = (o / (layer.Outputs / layer.Groups) * within) + channel, k = 0;
                            foreach (int[] place in Choices([.. axes.Select(axis => Enumerable.Range(0, axis.Size).ToArray())]))
                            {
                                int at = At(sizes, [.. start.Select((s, a) => s + (place[a] * axes[a].Dilation))]);
                                double w = weight ?? p[0][(((o * within) + channel) * area) + k++];
                                sum += at < 0 ? 0 : w * x[(((n * layer.Inputs) + input) * image) + at];
                            }
                        }

                        yield return function is null ? sum : function(sum);
                    }
                }
            }
        }
    }

    private static Setting Transposed(TransposedConvolutionModule layer, Func<double, double>? function = null, double? weight = null, double? bias = null)
    {
        Axis[] axes = Axes(layer, layer.Kernel, layer.Dilation);
        int[] sizes = [.. axes.Select(axis => axis.Length)], larger = [.. axes.Select((axis, a) => axis.Image(layer.OutputPadding[a]))];
        int within = layer.Outputs / layer.Groups, area = Count([.. layer.Kernel]);
        return InModes(layer, [Examples, layer.Inputs, .. sizes], (x, p) => [.. Image(x, p), .. Image(x, p)], weight is null);

        IEnumerable<double> Image(double[] x, double[][] p)
        {
            double[] sum = [.. Enumerable.Range(0, Examples * layer.Outputs * Count(larger)).Select(i => bias ?? p[1][i / Count(larger) % layer.Outputs])];
            int i = 0;
            for (int n = 0; n < Examples; n++)
            {
                for (int input = 0; input < layer.Inputs; input++)
                {
                    foreach (int[] from in Choices([.. sizes.Select(size => Enumerable.Range(0, size).ToArray())]))
                    {
                        double number = x[i++];
                        for (int channel = 0; channel < within; channel++)
                        {
                            int output = (input / (layer.Inputs / layer.Groups) * within) + channel, k = 0;
                            foreach (int[] place in Choices([.. axes.Select(axis => Enumerable.Range(0, axis.Size).ToArray())]))
                            {
                                int at = At(larger, [.. from.Select((f, a) => (f * axes[a].Stride) + (place[a] * axes[a].Dilation) - axes[a].Before)]);
                                double w = weight ?? p[0][(((input * within) + channel) * area) + k++];
                                if (at >= 0)
                                    sum[(((n * layer.Outputs) + output) * Count(larger)) + at] += w * number;
                            }
                        }
                    }
                }
            }

            return function is null ? sum : sum.Select(function);
        }
    }

    private static int Count(int[] sizes) => sizes.Aggregate(1, (product, size) => product * size);

    /// <summary>Where a place lies in an image, row by row; −1 outside.</summary>
    private static int At(int[] sizes, int[] place) =>
        place.Where((p, axis) => p < 0 || p >= sizes[axis]).Any() ? -1 : place.Select((p, axis) => p * Count(sizes[(axis + 1)..])).Sum();

    /// <summary>Every choice of one number along each axis, the last axis fastest.</summary>
    private static IEnumerable<int[]> Choices(int[][] along) => along.Length == 0
        ? [[]]
        : along[0].SelectMany(first => Choices(along[1..]).Select(others => (int[])[first, .. others]));
}
