using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Convolution and pooling as seven nested loops.</summary>
internal static class ConvolutionReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Conv)] = (o, x) => Forward((Conv)o, x[0], x[1], x.ElementAtOrDefault(2)),
        [typeof(ConvInputGradient)] = (o, x) => InputGradient((ConvInputGradient)o, x[0], x[1]),
        [typeof(ConvWeightGradient)] = (o, x) => WeightGradient((ConvWeightGradient)o, x[0], x[1]),
        [typeof(MaxPool)] = (o, x) => MaxPool((MaxPool)o, x[0]),
        [typeof(AveragePool)] = (o, x) => AveragePool((AveragePool)o, x[0]),
        [typeof(AveragePoolGradient)] = (o, x) => AveragePoolGradient((AveragePoolGradient)o, x[0]),
    };

    private static Array64[] Forward(Conv o, Array64 x, Array64 w, Array64? bias)
    {
        var y = new Array64([x.Sizes[0], w.Sizes[0], Out(o, x, w, 0), Out(o, x, w, 1)]);
        Visit(o, x, w, y, (i, j, k) => y.Data[k] += x.Data[i] * w.Data[j]);
        for (int k = 0; bias is not null && k < y.Data.Length; k++)
        {
            y.Data[k] += bias.Data[y.Index(k)[1]];
        }

        return [y];
    }

    private static Array64[] InputGradient(ConvInputGradient o, Array64 dy, Array64 w)
    {
        var dx = new Array64([dy.Sizes[0], w.Sizes[1] * o.Group, o.ImageSize[0], o.ImageSize[1]]);
        Visit(o, dx, w, dy, (i, j, k) => dx.Data[i] += w.Data[j] * dy.Data[k]);
        return [dx];
    }

    private static Array64[] WeightGradient(ConvWeightGradient o, Array64 x, Array64 dy)
    {
        var dw = new Array64([dy.Sizes[1], x.Sizes[1] / o.Group, o.KernelSize[0], o.KernelSize[1]]);
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

    private static Array64[] AveragePool(AveragePool o, Array64 x)
    {
        Array64 y = Pooled(o, x);
        for (int flat = 0; flat < y.Data.Length; flat++)
        {
            int[] window = [.. Window(o, x, y.Index(flat))];
            y.Data[flat] = window.Sum(i => x.Data[i]) / (o.CountIncludePad ? o.Kernel[0] * o.Kernel[1] : window.Length);
        }

        return [y];
    }

    private static Array64[] AveragePoolGradient(AveragePoolGradient o, Array64 dy)
    {
        var dx = new Array64([dy.Sizes[0], dy.Sizes[1], o.ImageSize[0], o.ImageSize[1]]);
        for (int flat = 0; flat < dy.Data.Length; flat++)
        {
            int[] window = [.. Window(o, dx, dy.Index(flat))];
            foreach (int i in window)
            {
                dx.Data[i] += dy.Data[flat] / (o.CountIncludePad ? o.Kernel[0] * o.Kernel[1] : window.Length);
            }
        }

        return [dx];
    }

    private static int Out(ConvolutionOperation o, Array64 x, Array64 w, int axis) =>
        ((x.Sizes[axis + 2] + o.Pads[axis] + o.Pads[axis + 2] - (o.Dilations[axis] * (w.Sizes[axis + 2] - 1)) - 1) / o.Strides[axis]) + 1;

    private static void Visit(ConvolutionOperation o, Array64 x, Array64 w, Array64 y, Action<int, int, int> touch)
    {
        int perGroup = w.Sizes[0] / o.Group;
        for (int k = 0; k < y.Data.Length; k++)
        {
            int[] at = y.Index(k);
            for (int j = 0; j < w.Data.Length; j++)
            {
                int[] tap = w.Index(j);
                int row = (at[2] * o.Strides[0]) + (tap[2] * o.Dilations[0]) - o.Pads[0];
                int column = (at[3] * o.Strides[1]) + (tap[3] * o.Dilations[1]) - o.Pads[1];
                if (tap[0] == at[1] && row >= 0 && row < x.Sizes[2] && column >= 0 && column < x.Sizes[3])
                {
                    touch(x.Flat(at[0], (at[1] / perGroup * w.Sizes[1]) + tap[1], row, column), j, k);
                }
            }
        }
    }

    private static Array64 Pooled(Pooling o, Array64 x) => new([x.Sizes[0], x.Sizes[1], Windows(o, x, 0), Windows(o, x, 1)]);

    /// <summary>The number of windows, counted: they begin with the padding before the image and end within the padding behind it.</summary>
    private static int Windows(Pooling o, Array64 x, int axis)
    {
        int count = 0;
        int reach = Dilations(o)[axis] * (o.Kernel[axis] - 1);
        for (int start = -o.Pads[axis]; start + reach < x.Sizes[axis + 2] + o.Pads[axis + 2]; start += o.Strides[axis])
        {
            count++;
        }

        return count;
    }

    private static IntList Dilations(Pooling o) => o is MaxPool max ? max.Dilations : [1, 1];

    private static IEnumerable<int> Window(Pooling o, Array64 x, int[] at)
    {
        for (int r = 0; r < o.Kernel[0]; r++)
        {
            for (int c = 0; c < o.Kernel[1]; c++)
            {
                int row = (at[2] * o.Strides[0]) + (r * Dilations(o)[0]) - o.Pads[0];
                int column = (at[3] * o.Strides[1]) + (c * Dilations(o)[1]) - o.Pads[1];
                if (row >= 0 && row < x.Sizes[2] && column >= 0 && column < x.Sizes[3])
                {
                    yield return x.Flat(at[0], at[1], row, column);
                }
            }
        }
    }
}
