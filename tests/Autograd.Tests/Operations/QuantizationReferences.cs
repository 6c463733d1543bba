using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What quantization computes, in plain loops over doubles.</summary>
internal static class QuantizationReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(DequantizeLinear)] = (o, x) =>
        [
            Array64.Make(x[0].Sizes, i => o is DequantizeLinear d ? (x[0][i] - (x.Length > 2 ? Scale(x[2], i, d.Axis, d.Block) : 0)) * Scale(x[1], i, d.Axis, d.Block) : 0),
        ],
        [typeof(QuantizeLinear)] = (o, x) =>
        [
            Array64.Make(x[0].Sizes, i => o is QuantizeLinear q ? Rounded(x[0][i] / Scale(x[1], i, q.Axis, q.Block), x.Length > 2 ? Scale(x[2], i, q.Axis, q.Block) : 0, q.To == DType.Int8) : 0),
        ],
        [typeof(DynamicQuantizeLinear)] = (_, x) => Dynamic(x[0]),
        [typeof(MatMulInteger)] = (_, x) => [Product(x[0], x[1], x.Length > 2 ? x[2] : null, x.Length > 3 ? x[3] : null)],
        [typeof(ConvInteger)] = (o, x) => [Convolution(((ConvInteger)o).Window, x[0], x[1], x.ElementAtOrDefault(2), x.ElementAtOrDefault(3))],
        [typeof(QLinearConv)] = (o, x) =>
        [
            Array64.Make(Convolution(((QLinearConv)o).Window, x[0], x[3], x[2], x[5]).Sizes, i => Rounded(
                (Convolution(((QLinearConv)o).Window, x[0], x[3], x[2], x[5])[i] + (x.Length > 8 ? x[8].Data[i[1]] : 0)) * x[1].Data[0] * Of(x[4], i[1]) / x[6].Data[0],
                x[7].Data[0],
                isSigned: x[7].Data[0] < 50)),
        ],
        [typeof(QLinearMatMul)] = (_, x) =>
        [
            Array64.Make(Product(x[0], x[3], x[2], x[5]).Sizes, i => Rounded(
                Product(x[0], x[3], x[2], x[5])[i] * Of(x[1], i[^2]) * Of(x[4], i[^1]) / x[6].Data[0], x[7].Data[0], isSigned: x[7].Data[0] < 50)),
        ],
    };

    private static double Scale(Array64 scale, int[] at, int axis, int block)
    {
        if (scale.Data.Length == 1)
            return scale.Data[0];
        if (block == 0)
            return scale.Data[at[axis]];
        int[] place = [.. at];
        place[axis] /= block;
        return scale[place];
    }

    private static double Rounded(double quotient, double zero, bool isSigned) =>
        Math.Clamp(Math.Round(quotient, MidpointRounding.ToEven) + zero, isSigned ? -128 : 0, isSigned ? 127 : 255);

    private static Array64[] Dynamic(Array64 x)
    {
        double low = Math.Min(0, x.Data.Min()), high = Math.Max(0, x.Data.Max());
        Array64 scale = new([]), zero = new([]);
        scale.Data[0] = (high - low) / 255;
        zero.Data[0] = Rounded(-low / scale.Data[0], 0, false);
        return [Array64.Make(x.Sizes, i => Rounded(x[i] / scale.Data[0], zero.Data[0], false)), scale, zero];
    }

    private static double Of(Array64 numbers, int place) => numbers.Data.Length == 1 ? numbers.Data[0] : numbers.Data[place];

    /// <summary>The convolution of numbers less their zero points; what is padded is a zero point.</summary>
    private static Array64 Convolution(Conv o, Array64 x, Array64 w, Array64? zeroX, Array64? zeroW)
    {
        Array64 image = Array64.Make(x.Sizes, i => x[i] - (zeroX is null ? 0 : zeroX.Data[0]));
        return ConvolutionReferences.Table[typeof(Conv)](o, [image, Array64.Make(w.Sizes, i => w[i] - (zeroW is null ? 0 : Of(zeroW, i[0])))])[0];
    }

    private static Array64 Product(Array64 a, Array64 b, Array64? zeroA, Array64? zeroB) => Array64.Make([.. a.Sizes[..^1], b.Sizes[^1]], i =>
    {
        double sum = 0;
        for (int k = 0; k < a.Sizes[^1]; k++)
            sum += (a[[.. i[..^1], k]] - (zeroA is null ? 0 : Of(zeroA, i[^2]))) * (b[[.. i[..^2], k, i[^1]]] - (zeroB is null ? 0 : Of(zeroB, i[^1])));
        return sum;
    });
}
