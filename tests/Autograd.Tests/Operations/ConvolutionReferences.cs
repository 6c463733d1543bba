using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Convolution and pooling of any number of axes as loops over places of the result and places of the window.</summary>
internal static class ConvolutionReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Conv)] = (o, x) => Forward((Conv)o, x[0], x[1], x.ElementAtOrDefault(2)),
        [typeof(ConvInputGradient)] = (o, x) => InputGradient((ConvInputGradient)o, x[0], x[1], [.. x[2].Data.Select(size => (int)size)]),
        [typeof(ConvTranspose)] = (o, x) => Transposed((ConvTranspose)o, x[0], x[1], x.ElementAtOrDefault(2)),
        [typeof(ConvWeightGradient)] = (o, x) => WeightGradient((ConvWeightGradient)o, x[0], x[1], x[2]),
        [typeof(DeformConv)] = (o, x) => Deformed((DeformConv)o, x[0], x[1], x[2], x.ElementAtOrDefault(3), x.ElementAtOrDefault(4)),
        [typeof(MaxPool)] = (o, x) => MaxPool((MaxPool)o, x[0]),
        [typeof(MaxPoolGradient)] = (o, x) => MaxPoolGradient((MaxPoolGradient)o, x[0], x[1]),
        [typeof(MaxUnpool)] = (o, x) => MaxUnpool((MaxUnpool)o, x[0], x[1], x.ElementAtOrDefault(2)),
        [typeof(AveragePool)] = (o, x) => AveragePool((AveragePool)o, x[0]),
        [typeof(AveragePoolGradient)] = (o, x) => AveragePoolGradient((AveragePoolGradient)o, x[0], [.. x[1].Data.Select(size => (int)size)]),
        [typeof(LpPool)] = (o, x) => LpPool((LpPool)o, x[0]),
        [typeof(GlobalAveragePool)] = (_, x) => Global(x[0], all => all.Average()),
        [typeof(GlobalMaxPool)] = (_, x) => Global(x[0], all => all.Max()),
        [typeof(GlobalLpPool)] = (o, x) => Global(x[0], all => Norm(all, ((GlobalLpPool)o).P)),
    };

    private static Array64[] Forward(Conv o, Array64 x, Array64 w, Array64? bias)
    {
        var y = new Array64([x.Sizes[0], w.Sizes[0], .. Axes(x).Select(axis => Out(o, x, w, axis))]);
        Visit(o, x, w, y, (i, j, k) => y.Data[k] += x.Data[i] * w.Data[j]);
        AddBias(y, bias);
        return [y];
    }

    /// <summary>Every weight reads its own place, between the four elements around it.</summary>
    private static Array64[] Deformed(DeformConv o, Array64 x, Array64 w, Array64 offsets, Array64? bias, Array64? factors)
    {
        (int height, int width, int perGroup) = (w.Sizes[2], w.Sizes[3], w.Sizes[0] / o.Group);
        int perOffsetGroup = x.Sizes[1] / o.OffsetGroups, taps = height * width;
        Array64 y = Array64.Make([x.Sizes[0], w.Sizes[0], offsets.Sizes[2], offsets.Sizes[3]], at =>
        {
            double sum = 0;
            for (int j = 0; j < w.Sizes[1] * taps; j++)
            {
                int channel = (at[1] / perGroup * w.Sizes[1]) + (j / taps), tap = j % taps, places = channel / perOffsetGroup * taps;
                double row = (at[2] * o.Strides[0]) - o.Pads[0] + (tap / width * o.Dilations[0]) + offsets[at[0], 2 * (places + tap), at[2], at[3]];
                double column = (at[3] * o.Strides[1]) - o.Pads[1] + (tap % width * o.Dilations[1]) + offsets[at[0], (2 * (places + tap)) + 1, at[2], at[3]];
                sum += w[at[1], j / taps, tap / width, tap % width] * Between(x, at[0], channel, row, column) * (factors?[at[0], places + tap, at[2], at[3]] ?? 1);
            }

            return sum;
        });
        AddBias(y, bias);
        return [y];
    }

    private static double Between(Array64 x, int n, int channel, double row, double column)
    {
        double sum = 0;
        for (int i = (int)Math.Floor(row); i <= Math.Floor(row) + 1; i++)
        {
            for (int j = (int)Math.Floor(column); j <= Math.Floor(column) + 1; j++)
            {
                if (i >= 0 && i < x.Sizes[2] && j >= 0 && j < x.Sizes[3])
                    sum += x.Data[x.Flat(n, channel, i, j)] * (1 - Math.Abs(row - i)) * (1 - Math.Abs(column - j));
            }
        }

        return sum;
    }

    private static Array64[] InputGradient(ConvolutionOperation o, Array64 dy, Array64 w, int[] image)
    {
        var dx = new Array64([dy.Sizes[0], w.Sizes[1] * o.Group, .. image]);
        Visit(o, dx, w, dy, (i, j, k) => dx.Data[i] += w.Data[j] * dy.Data[k]);
        return [dx];
    }

    /// <summary>Every element of y sends its product with every weight to the place that the weight has in the result.</summary>
    private static Array64[] Transposed(ConvTranspose o, Array64 y, Array64 w, Array64? bias)
    {
        int axes = o.Strides.Count, perGroup = y.Sizes[1] / o.Group;
        var image = new Array64(
        [
            y.Sizes[0], w.Sizes[1] * o.Group,
            .. Axes(y).Select(axis => ((y.Sizes[axis + 2] - 1) * o.Strides[axis]) + (o.Dilations[axis] * (w.Sizes[axis + 2] - 1)) + 1 + o.OutputPadding[axis] - o.Pads[axis] - o.Pads[axes + axis]),
        ]);
        for (int k = 0; k < y.Data.Length; k++)
        {
            int[] at = y.Index(k);
            for (int j = 0; j < w.Data.Length; j++)
            {
                int[] tap = w.Index(j);
                int[] place = [.. Axes(y).Select(axis => (at[axis + 2] * o.Strides[axis]) + (tap[axis + 2] * o.Dilations[axis]) - o.Pads[axis])];
                if (tap[0] == at[1] && place.Select((p, axis) => p >= 0 && p < image.Sizes[axis + 2]).All(inside => inside))
                    image.Data[image.Flat([at[0], (at[1] / perGroup * w.Sizes[1]) + tap[1], .. place])] += y.Data[k] * w.Data[j];
            }
        }

        AddBias(image, bias);
        return [image];
    }

    private static Array64[] WeightGradient(ConvWeightGradient o, Array64 x, Array64 dy, Array64 kernel)
    {
        var dw = new Array64([dy.Sizes[1], x.Sizes[1] / o.Group, .. kernel.Data.Select(size => (int)size)]);
        Visit(o, x, dw, dy, (i, j, k) => dw.Data[j] += x.Data[i] * dy.Data[k]);
        return [dw];
    }

    private static Array64[] MaxPool(MaxPool o, Array64 x)
    {
        Array64 values = Pooled(o, x);
        Array64 indices = Pooled(o, x);
        for (int flat = 0; flat < values.Data.Length; flat++)
        {
            int best = Window(o, x, values.Index(flat)).MaxBy(i => x.Data[i]);
            (values.Data[flat], indices.Data[flat]) = (x.Data[best], best);
        }

        return [values, indices];
    }

    private static Array64[] MaxPoolGradient(MaxPoolGradient o, Array64 x, Array64 dy)
    {
        var dx = new Array64([.. x.Sizes]);
        for (int flat = 0; flat < dy.Data.Length; flat++)
            dx.Data[Window(o, x, dy.Index(flat)).MaxBy(i => x.Data[i])] += dy.Data[flat];
        return [dx];
    }

    private static Array64[] MaxUnpool(MaxUnpool o, Array64 x, Array64 positions, Array64? shape)
    {
        int axes = o.Kernel.Count;
        var image = new Array64([x.Sizes[0], x.Sizes[1], .. Axes(x).Select(axis => ((x.Sizes[axis + 2] - 1) * o.Strides[axis]) + o.Kernel[axis] - o.Pads[axis] - o.Pads[axes + axis])]);
        for (int i = 0; i < x.Data.Length; i++)
            image.Data[(int)positions.Data[i]] = x.Data[i];
        if (shape is null)
            return [image];
        var larger = new Array64([.. shape.Data.Select(size => (int)size)]);
        for (int i = 0; i < image.Data.Length; i++)
            larger.Data[larger.Flat(image.Index(i))] = image.Data[i];
        return [larger];
    }

    private static Array64[] AveragePool(AveragePool o, Array64 x)
    {
        Array64 y = Pooled(o, x);
        for (int flat = 0; flat < y.Data.Length; flat++)
            y.Data[flat] = Window(o, x, y.Index(flat)).Sum(i => x.Data[i]) / Counted(o, o.CountIncludePad, x, y.Index(flat));
        return [y];
    }

    private static Array64[] AveragePoolGradient(AveragePoolGradient o, Array64 dy, int[] image)
    {
        var dx = new Array64([dy.Sizes[0], dy.Sizes[1], .. image]);
        for (int flat = 0; flat < dy.Data.Length; flat++)
        {
            foreach (int i in Window(o, dx, dy.Index(flat)))
                dx.Data[i] += dy.Data[flat] / Counted(o, o.CountIncludePad, dx, dy.Index(flat));
        }

        return [dx];
    }

    private static Array64[] LpPool(LpPool o, Array64 x)
    {
        Array64 y = Pooled(o, x);
        for (int flat = 0; flat < y.Data.Length; flat++)
            y.Data[flat] = Norm(Window(o, x, y.Index(flat)).Select(i => x.Data[i]), o.P);
        return [y];
    }

    private static Array64[] Global(Array64 x, Func<IEnumerable<double>, double> of)
    {
        int plane = x.Sizes.Skip(2).Aggregate(1, (a, b) => a * b);
        var y = new Array64([x.Sizes[0], x.Sizes[1], .. x.Sizes.Skip(2).Select(_ => 1)]);
        for (int i = 0; i < y.Data.Length; i++)
            y.Data[i] = of(x.Data.Skip(i * plane).Take(plane));
        return [y];
    }

    private static double Norm(IEnumerable<double> numbers, double p) => Math.Pow(numbers.Sum(number => Math.Pow(Math.Abs(number), p)), 1 / p);

    private static IEnumerable<int> Axes(Array64 x) => Enumerable.Range(0, x.Sizes.Length - 2);

    private static void AddBias(Array64 y, Array64? bias)
    {
        for (int k = 0; bias is not null && k < y.Data.Length; k++)
            y.Data[k] += bias.Data[y.Index(k)[1]];
    }

    private static int Out(ConvolutionOperation o, Array64 x, Array64 w, int axis) =>
        ((x.Sizes[axis + 2] + o.Pads[axis] + o.Pads[axis + o.Strides.Count] - (o.Dilations[axis] * (w.Sizes[axis + 2] - 1)) - 1) / o.Strides[axis]) + 1;

    private static void Visit(ConvolutionOperation o, Array64 x, Array64 w, Array64 y, Action<int, int, int> touch)
    {
        int perGroup = w.Sizes[0] / o.Group;
        for (int k = 0; k < y.Data.Length; k++)
        {
            int[] at = y.Index(k);
            for (int j = 0; j < w.Data.Length; j++)
            {
                int[] tap = w.Index(j);
                int[] place = [.. Axes(x).Select(axis => (at[axis + 2] * o.Strides[axis]) + (tap[axis + 2] * o.Dilations[axis]) - o.Pads[axis])];
                if (tap[0] == at[1] && IsInside(x, place))
                    touch(x.Flat([at[0], (at[1] / perGroup * w.Sizes[1]) + tap[1], .. place]), j, k);
            }
        }
    }

    private static bool IsInside(Array64 x, int[] place) => place.Select((p, axis) => p >= 0 && p < x.Sizes[axis + 2]).All(inside => inside);

    private static Array64 Pooled(Pooling o, Array64 x) => new([x.Sizes[0], x.Sizes[1], .. Axes(x).Select(axis => Windows(o, x, axis))]);

    /// <summary>The number of windows, counted: they begin with the padding before the image and end within the padding behind it; rounded up, one more that begins within the image or
    /// the padding before it.</summary>
    private static int Windows(Pooling o, Array64 x, int axis)
    {
        int count = 0, reach = o.Dilations[axis] * (o.Kernel[axis] - 1), size = x.Sizes[axis + 2], end = size + o.Pads[axis + o.Kernel.Count], start = -o.Pads[axis];
        for (; start + reach < end; start += o.Strides[axis])
            count++;
        return o.CeilMode && start - o.Strides[axis] + reach + 1 < end && start < size ? count + 1 : count;
    }

    private static IEnumerable<int> Window(Pooling o, Array64 x, int[] at) =>
        Places(o, at).Where(place => IsInside(x, place)).Select(place => x.Flat([at[0], at[1], .. place]));

    /// <summary>The places of a window that count: those within the image, or within the image and its padding.</summary>
    private static int Counted(Pooling o, bool padding, Array64 x, int[] at) => Places(o, at).Count(place => padding
        ? place.Select((p, axis) => p < x.Sizes[axis + 2] + o.Pads[axis + o.Kernel.Count]).All(inside => inside)
        : IsInside(x, place));

    private static IEnumerable<int[]> Places(Pooling o, int[] at)
    {
        var window = new Array64([.. o.Kernel]);
        return Enumerable.Range(0, window.Data.Length).Select(flat =>
            window.Index(flat).Select((tap, axis) => (at[axis + 2] * o.Strides[axis]) + (tap * o.Dilations[axis]) - o.Pads[axis]).ToArray());
    }
}
