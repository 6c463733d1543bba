using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;
using static Toolkit.Modeling.Tests.Values.ModuleValues;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Windows over images of 2 examples, 4 channels and 5 × 6 places.</summary>
internal static class ImageValues
{
    private const int Examples = 2, Height = 5, Width = 6;

    private static readonly Constant Three = new(0.3), One = new(0.1);

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(AveragePool2D)] =
        [
            Average(new AveragePool2D(2), 2, 2, Padding.Valid, false), Average(new AveragePool2D(2) { CeilMode = true }, 2, 2, Padding.Valid, true),
            Average(new AveragePool2D(3) { Stride = 2 }, 3, 2, Padding.Valid, false), Average(new AveragePool2D(2) { Stride = 1 }, 2, 1, Padding.Valid, false),
            Average(new AveragePool2D(2) { Padding = Padding.Same }, 2, 2, Padding.Same, false), Average(new AveragePool2D(2) { Padding = Padding.Full }, 2, 2, Padding.Full, false),
        ],
        [nameof(Conv2D)] =
        [
            Conv(new Conv2D(4, 2, 3, Random), 4, 2, 3), Conv(new Conv2D(2, 2, 3, Random), 2, 2, 3), Conv(new Conv2D(4, 6, 3, Random), 4, 6, 3), Conv(new Conv2D(4, 2, 2, Random), 4, 2, 2),
            Conv(new Conv2D(4, 2, 3, Random) { Stride = 2 }, 4, 2, 3, stride: 2), Conv(new Conv2D(4, 2, 3, Random) { Dilation = 2 }, 4, 2, 3, dilation: 2),
            Conv(new Conv2D(4, 2, 3, Random) { Groups = 2 }, 4, 2, 3, groups: 2), Conv(new Conv2D(4, 2, 3, Random) { Padding = Padding.Same }, 4, 2, 3, padding: Padding.Same),
            Conv(new Conv2D(4, 2, 2, Random) { Padding = Padding.Same }, 4, 2, 2, padding: Padding.Same),
            Conv(new Conv2D(4, 2, 3, Random) { Padding = Padding.Full }, 4, 2, 3, padding: Padding.Full),
            Conv(new Conv2D(4, 2, 3, Random) { Activation = Ops.Tanh }, 4, 2, 3, function: Math.Tanh), Conv(new Conv2D(4, 2, 3, Random) { UseBias = false }, 4, 2, 3, bias: 0),
            Conv(new Conv2D(4, 2, 3, Random) { WeightInitializer = Three }, 4, 2, 3, weight: 0.3f, bias: 0),
            Conv(new Conv2D(4, 2, 3, Random) { WeightInitializer = Three, BiasInitializer = One }, 4, 2, 3, weight: 0.3f, bias: 0.1f),
        ],
        [nameof(GlobalPool)] =
        [
            AtFirst(new GlobalPool(), [2, 3, 2, 4], x => [.. x.Chunk(8).Select(c => c.Average())]), AtFirst(new GlobalPool { Greatest = true }, [2, 3, 2, 4], x => [.. x.Chunk(8).Select(c => c.Max())]),
        ],
        [nameof(MaxPool2D)] =
        [
            Max(new MaxPool2D(2), 2, 2, 1, Padding.Valid, false), Max(new MaxPool2D(2) { CeilMode = true }, 2, 2, 1, Padding.Valid, true),
            Max(new MaxPool2D(3) { Stride = 2 }, 3, 2, 1, Padding.Valid, false), Max(new MaxPool2D(2) { Stride = 1 }, 2, 1, 1, Padding.Valid, false),
            Max(new MaxPool2D(2) { Dilation = 2 }, 2, 2, 2, Padding.Valid, false), Max(new MaxPool2D(2) { Padding = Padding.Same }, 2, 2, 1, Padding.Same, false),
            Max(new MaxPool2D(2) { Padding = Padding.Full }, 2, 2, 1, Padding.Full, false),
        ],
    };

    private static RandomSource Random => new(1);

    private static Setting Average(AveragePool2D pool, int size, int stride, Padding padding, bool ceil) =>
        AtFirst(pool, [Examples, 4, Height, Width], x => Pooled(x, size, stride, 1, padding, ceil, window => window.Average()));

    private static Setting Max(MaxPool2D pool, int size, int stride, int dilation, Padding padding, bool ceil) =>
        AtFirst(pool, [Examples, 4, Height, Width], x => Pooled(x, size, stride, dilation, padding, ceil, window => window.Max()));

    private static double[] Pooled(double[] x, int size, int stride, int dilation, Padding padding, bool ceil, Func<List<double>, double> value)
    {
        var result = new List<double>();
        for (int image = 0; image < x.Length / (Height * Width); image++)
        {
            foreach (int row in Starts(Height, size, stride, dilation, padding, ceil))
            {
                foreach (int column in Starts(Width, size, stride, dilation, padding, ceil))
                {
                    var window = new List<double>();
                    for (int place = 0; place < size * size; place++)
                    {
                        (int r, int c) = (row + (place / size * dilation), column + (place % size * dilation));
                        if (r >= 0 && r < Height && c >= 0 && c < Width)
                            window.Add(x[(image * Height * Width) + (r * Width) + c]);
                    }

                    result.Add(value(window));
                }
            }
        }

        return [.. result];
    }

    /// <summary>Where windows begin along an axis: the last within the border, or with ceil one more that begins within it.</summary>
    private static IEnumerable<int> Starts(int length, int size, int stride, int dilation, Padding padding, bool ceil = false)
    {
        int reach = ((size - 1) * dilation) + 1;
        (int before, int after) = padding switch { Padding.Valid => (0, 0), Padding.Same => ((reach - 1) / 2, reach - 1 - ((reach - 1) / 2)), _ => (reach - 1, reach - 1) };
        for (int start = -before; ceil ? start - stride + reach < length + after && start < length : start + reach <= length + after; start += stride)
            yield return start;
    }

    private static Setting Conv(
        Conv2D layer, int inputs, int outputs, int kernel, int stride = 1, int dilation = 1, int groups = 1, Padding padding = Padding.Valid,
        Func<double, double>? function = null, double? weight = null, double? bias = null)
    {
        return InModes(layer, [Examples, inputs, Height, Width], (x, p) => [.. Each(x, p), .. Each(x, p)], weight is null);

        IEnumerable<double> Each(double[] x, double[][] p)
        {
            int within = inputs / groups;
            for (int n = 0; n < Examples; n++)
            {
                for (int o = 0; o < outputs; o++)
                {
                    foreach (int row in Starts(Height, kernel, stride, dilation, padding))
                    {
                        foreach (int column in Starts(Width, kernel, stride, dilation, padding))
                        {
                            double sum = bias ?? p[1][o];
                            for (int k = 0; k < within * kernel * kernel; k++)
                            {
                                int channel = (o / (outputs / groups) * within) + (k / (kernel * kernel)), r = row + (k / kernel % kernel * dilation), c = column + (k % kernel * dilation);
                                if (r >= 0 && r < Height && c >= 0 && c < Width)
                                    sum += (weight ?? p[0][(o * within * kernel * kernel) + k]) * x[(((((n * inputs) + channel) * Height) + r) * Width) + c];
                            }

                            yield return function is null ? sum : function(sum);
                        }
                    }
                }
            }
        }
    }
}
