using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Resizing;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What the operations compute that sample images at other places, in plain loops over doubles, element by element.</summary>
internal static class ResizingReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(AffineGrid)] = (o, x) => [AffineOf((AffineGrid)o, x[0], [.. x[1].Data.Select(size => (int)size)])],
        [typeof(GridSample)] = (o, x) => [SampleOf((GridSample)o, x[0], x[1])],
        [typeof(MaxRoiPlaces)] = (o, x) => [BinsOf(x[0], x[1], ((MaxRoiPlaces)o).Height, ((MaxRoiPlaces)o).Width, ((MaxRoiPlaces)o).SpatialScale, (_, place) => place)],
        [typeof(MaxRoiPool)] = (o, x) => [BinsOf(x[0], x[1], ((MaxRoiPool)o).Height, ((MaxRoiPool)o).Width, ((MaxRoiPool)o).SpatialScale, (element, place) => place < 0 ? 0 : element)],
        [typeof(Resize)] = (o, x) => [ResizeOf((Resize)o, x)],
        [typeof(RoiAlign)] = (o, x) => [AlignedOf((RoiAlign)o, x[0], x[1], x[2])],
    };

    private static Array64 AffineOf(AffineGrid o, Array64 theta, int[] sizes)
    {
        int axes = sizes.Length - 2;
        return Array64.Make([theta.Sizes[0], .. sizes[2..], axes], i =>
        {
            double sum = theta.Data[theta.Flat(i[0], i[^1], axes)];
            for (int k = 0; k < axes; k++)
            {
                (int at, int size) = (i[axes - k], sizes[^(k + 1)]);
                double place = o.AlignCorners ? -1 + (at * 2.0 / (size - 1)) : -1 + ((at + 0.5) * 2 / size);
                sum += theta.Data[theta.Flat(i[0], i[^1], k)] * place;
            }

            return sum;
        });
    }

    private static Array64 SampleOf(GridSample o, Array64 x, Array64 grid)
    {
        int axes = x.Sizes.Length - 2;
        return Array64.Make([x.Sizes[0], x.Sizes[1], .. grid.Sizes[1..^1]], i =>
        {
            var at = new double[axes];
            for (int axis = 0; axis < axes; axis++)
            {
                double place = grid.Data[grid.Flat([i[0], .. i[2..], axes - 1 - axis])];
                int size = x.Sizes[axis + 2];
                at[axis] = o.AlignCorners ? (place + 1) / 2 * (size - 1) : ((place + 1) / 2 * size) - 0.5;
            }

            return Around([], 1);

            double Around(int[] chosen, double weight)
            {
                int axis = chosen.Length;
                if (axis == axes)
                    return weight * Element(chosen);
                if (o.Mode == ResizeMode.Nearest)
                    return Around([.. chosen, (int)Math.Round(at[axis], MidpointRounding.ToEven)], weight);
                double sum = 0;
                for (int k = -2; k <= 3; k++)
                {
                    int index = (int)Math.Floor(at[axis]) + k;
                    double share = o.Mode == ResizeMode.Linear ? Math.Max(0, 1 - Math.Abs(index - at[axis])) : Keys(-0.75, index - at[axis]);
                    if (share != 0)
                        sum += Around([.. chosen, index], weight * share);
                }

                return sum;
            }

            double Element(int[] index)
            {
                var inside = new int[axes];
                for (int axis = 0; axis < axes; axis++)
                {
                    (int k, int size) = (index[axis], x.Sizes[axis + 2]);
                    if (o.Padding == GridPadding.Zeros && (k < 0 || k >= size))
                        return 0;
                    (double low, double high) = o.AlignCorners ? (0, size - 1) : (-0.5, size - 0.5);
                    double turned = k;
                    while (o.Padding == GridPadding.Reflection && (turned < low || turned > high))
                        turned = turned < low ? (2 * low) - turned : (2 * high) - turned;
                    inside[axis] = Math.Clamp((int)turned, 0, size - 1);
                }

                return x.Data[x.Flat([i[0], i[1], .. inside])];
            }
        });
    }

    /// <summary>Each element of the image is offered to each bin that it lies in.</summary>
    private static Array64 BinsOf(Array64 x, Array64 regions, int height, int width, double scale, Func<double, int, double> given) =>
        Array64.Make([regions.Sizes[0], x.Sizes[1], height, width], i =>
        {
            (double best, int place) = (double.NegativeInfinity, -1);
            for (int flat = 0; flat < x.Data.Length; flat++)
            {
                int[] at = x.Index(flat);
                bool isIn = at[0] == regions[i[0], 0] && at[1] == i[1] && IsIn(at[2], i[2], height, 2) && IsIn(at[3], i[3], width, 1);
                if (isIn && x.Data[flat] > best)
                    (best, place) = (x.Data[flat], flat);
            }

            return given(best, place);

            bool IsIn(int at, int bin, int bins, int side)
            {
                double low = Math.Floor((regions[i[0], side] * scale) + 0.5), high = Math.Floor((regions[i[0], side + 2] * scale) + 0.5);
                double length = (high - low + 1) / bins;
                return at - low >= Math.Floor(bin * length) && at - low < Math.Ceiling((bin + 1) * length);
            }
        });

    private static Array64 AlignedOf(RoiAlign o, Array64 x, Array64 regions, Array64 images)
    {
        (int rows, int columns) = (x.Sizes[2], x.Sizes[3]);
        return Array64.Make([regions.Sizes[0], x.Sizes[1], o.Height, o.Width], i =>
        {
            double shift = o.HalfPixel ? -0.5 : 0;
            double[] side = [.. Enumerable.Range(0, 4).Select(k => (regions[i[0], k] * o.SpatialScale) + shift)];
            double width = side[2] - side[0], height = side[3] - side[1];
            if (!o.HalfPixel)
                (width, height) = (Math.Max(1, width), Math.Max(1, height));
            (double binWidth, double binHeight) = (width / o.Width, height / o.Height);
            int down = o.SamplingRatio > 0 ? o.SamplingRatio : (int)Math.Ceiling(binHeight), across = o.SamplingRatio > 0 ? o.SamplingRatio : (int)Math.Ceiling(binWidth);
            (double sum, double most) = (0, double.NegativeInfinity);
            for (int p = 0; p < down; p++)
            {
                for (int q = 0; q < across; q++)
                {
                    double v = side[1] + (i[2] * binHeight) + ((p + 0.5) * binHeight / down), u = side[0] + (i[3] * binWidth) + ((q + 0.5) * binWidth / across);
                    bool isFar = v < -1 || v > rows || u < -1 || u > columns;
                    (v, u) = (Math.Clamp(v, 0, rows - 1), Math.Clamp(u, 0, columns - 1));
                    for (int k = 0; k < 4; k++)
                    {
                        int row = (int)Math.Floor(v) + (k / 2), column = (int)Math.Floor(u) + (k % 2);
                        double weight = Math.Max(0, 1 - Math.Abs(v - row)) * Math.Max(0, 1 - Math.Abs(u - column));
                        double part = isFar || row >= rows || column >= columns ? 0 : weight * x[(int)images.Data[i[0]], i[1], row, column];
                        sum += part;
                        most = Math.Max(most, part);
                    }
                }
            }

            return o.Maximum ? most : sum / (down * across);
        });
    }

    private static Array64 ResizeOf(Resize o, Array64[] x)
    {
        Array64 data = x[0];
        int rank = data.Sizes.Length;
        int[] axes = [.. o.Axes?.Select(axis => axis < 0 ? axis + rank : axis) ?? Enumerable.Range(0, rank)], sizes = [.. data.Sizes];
        double[] scale = new double[rank], width = new double[rank], start = new double[rank], end = new double[rank];
        Array.Fill(scale, 1);
        double[] ratios = x.Length > 3 ? [.. axes.Select((axis, i) => x[3].Data[i] / data.Sizes[axis])] : [];
        for (int i = 0; i < axes.Length; i++)
        {
            (int axis, int size) = (axes[i], data.Sizes[axes[i]]);
            if (x.Length > 3)
            {
                scale[axis] = o.Policy == AspectRatio.NotLarger ? ratios.Min() : o.Policy == AspectRatio.NotSmaller ? ratios.Max() : ratios[i];
                sizes[axis] = (int)Math.Floor((scale[axis] * size) + 0.5);
            }
            else
            {
                scale[axis] = x[2].Data[i];
                sizes[axis] = (int)Math.Floor((float)(scale[axis] * size));
            }

            width[axis] = scale[axis] * size;
            (start[axis], end[axis]) = x[1] is null ? (0, 1) : (x[1].Data[i], x[1].Data[i + axes.Length]);
        }

        return Array64.Make(sizes, i =>
        {
            bool isOutside = false;
            var weights = new Dictionary<int, double>[rank];
            for (int axis = 0; axis < rank; axis++)
            {
                weights[axis] = [];
                if (!axes.Contains(axis))
                {
                    weights[axis][i[axis]] = 1;
                    continue;
                }

                int from = data.Sizes[axis], to = sizes[axis];
                double half = ((i[axis] + 0.5) / scale[axis]) - 0.5;
                double at = o.Sampling.Coordinates switch
                {
                    ResizeCoordinates.HalfPixel => half,
                    ResizeCoordinates.HalfPixelSymmetric => half + (from / 2.0 * (1 - (to / width[axis]))),
                    ResizeCoordinates.PytorchHalfPixel => to > 1 ? half : 0,
                    ResizeCoordinates.AlignCorners => to > 1 ? i[axis] * (from - 1) / (width[axis] - 1) : 0,
                    ResizeCoordinates.Asymmetric => i[axis] / scale[axis],
                    ResizeCoordinates.TfCropAndResize => to > 1
                        ? (start[axis] * (from - 1)) + (i[axis] * (end[axis] - start[axis]) * (from - 1) / (to - 1))
                        : 0.5 * (start[axis] + end[axis]) * (from - 1),
                    _ => half + 0.5,
                };
                isOutside |= o.Sampling.Coordinates == ResizeCoordinates.TfCropAndResize && (at < 0 || at > from - 1);
                if (o.Sampling.Mode == ResizeMode.Nearest)
                {
                    double nearest = o.Sampling.Rounding switch
                    {
                        ResizeRounding.Floor => Math.Floor(at),
                        ResizeRounding.Ceil => Math.Ceiling(at),
                        ResizeRounding.RoundPreferFloor => Math.Ceiling(at - 0.5),
                        _ => Math.Floor(at + 0.5),
                    };
                    weights[axis][Math.Clamp((int)nearest, 0, from - 1)] = 1;
                    continue;
                }

                double narrow = o.Sampling.Antialias ? Math.Min(1, scale[axis]) : 1, sum = 0;
                for (int k = -20; k < from + 20; k++)
                {
                    double distance = (k - at) * narrow;
                    double weight = o.Sampling.Mode == ResizeMode.Linear ? Math.Max(0, 1 - Math.Abs(distance)) : Keys(o.Sampling.CubicCoefficient, distance);
                    if (o.Sampling.ExcludeOutside && (k < 0 || k >= from))
                        continue;
                    sum += weight;
                    int inside = Math.Clamp(k, 0, from - 1);
                    weights[axis][inside] = weights[axis].GetValueOrDefault(inside) + weight;
                }

                foreach (int k in weights[axis].Keys)
                    weights[axis][k] /= sum;
            }

            return isOutside ? o.ExtrapolationValue : Joint([]);

            double Joint(int[] index) => index.Length == rank
                ? data.Data[data.Flat(index)]
                : weights[index.Length].Where(pair => pair.Value != 0).Sum(pair => pair.Value * Joint([.. index, pair.Key]));
        });
    }

    /// <summary>The cubic of Keys (1981), equation 4.</summary>
    private static double Keys(double a, double distance)
    {
        double x = Math.Abs(distance);
        return x <= 1 ? ((a + 2) * x * x * x) - ((a + 3) * x * x) + 1
            : x < 2 ? (a * x * x * x) - (5 * a * x * x) + (8 * a * x) - (4 * a)
            : 0;
    }
}
