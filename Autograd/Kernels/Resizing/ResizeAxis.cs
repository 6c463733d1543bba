using System.Runtime.InteropServices;

namespace Toolkit.Autograd.Kernels;

/// <summary>What each place of a resized axis is made of: elements of the axis with weights.</summary>
internal sealed class ResizeAxis
{
    private readonly List<int> indices = [];
    private readonly List<double> weights = [];
    private readonly int[] starts;

    private ResizeAxis(int count)
    {
        starts = new int[count + 1];
        IsOutside = new bool[count];
    }

    /// <summary>The number of places.</summary>
    public int Count => IsOutside.Length;

    /// <summary>Whether a place lies outside of the axis, where the coordinates say so.</summary>
    public bool[] IsOutside { get; }

    /// <summary>The elements of a place.</summary>
    public ReadOnlySpan<int> Indices(int place) => CollectionsMarshal.AsSpan(indices)[starts[place]..starts[place + 1]];

    /// <summary>Their weights.</summary>
    public ReadOnlySpan<double> Weights(int place) => CollectionsMarshal.AsSpan(weights)[starts[place]..starts[place + 1]];

    /// <summary>The nearest element of each place.</summary>
    public int[] Map => [.. indices];

    /// <summary>The places of a resized axis.</summary>
    /// <param name="sampling">How it is sampled.</param>
    /// <param name="from">Its length.</param>
    /// <param name="to">Its resized length.</param>
    /// <param name="scale">The factor.</param>
    /// <param name="region">The beginning and the end of the region, from 0 to 1.</param>
    /// <param name="width">The resized length before it is rounded.</param>
    public static ResizeAxis Of(ResizeSampling sampling, int from, int to, double scale, (double Start, double End) region, double width)
    {
        var axis = new ResizeAxis(to);
        for (int place = 0; place < to; place++)
        {
            double at = Original(sampling.Coordinates, place, from, to, scale, region, width);
            axis.IsOutside[place] = sampling.Coordinates == ResizeCoordinates.TfCropAndResize && (at < 0 || at > from - 1);
            if (sampling.Mode == ResizeMode.Nearest)
                axis.Add(Math.Clamp(Nearest(sampling.Rounding, at), 0, from - 1), 1);
            else
                axis.AddKernel(sampling, at, from, scale);
            axis.starts[place + 1] = axis.indices.Count;
        }

        return axis;
    }

    private static double Original(ResizeCoordinates coordinates, int place, int from, int to, double scale, (double Start, double End) region, double width) => coordinates switch
    {
        ResizeCoordinates.HalfPixelSymmetric => (from / 2.0 * (1 - (to / width))) + ((place + 0.5) / scale) - 0.5,
        ResizeCoordinates.PytorchHalfPixel => to > 1 ? ((place + 0.5) / scale) - 0.5 : 0,
        ResizeCoordinates.AlignCorners => width > 1 ? place * (from - 1) / (width - 1) : 0,
        ResizeCoordinates.Asymmetric => place / scale,
        ResizeCoordinates.TfCropAndResize => to > 1
            ? (region.Start * (from - 1)) + (place * (region.End - region.Start) * (from - 1) / (to - 1))
            : 0.5 * (region.Start + region.End) * (from - 1),
        ResizeCoordinates.TfHalfPixelForNN => (place + 0.5) / scale,
        _ => ((place + 0.5) / scale) - 0.5,
    };

    private static int Nearest(ResizeRounding rounding, double at) => (int)(rounding switch
    {
        ResizeRounding.RoundPreferFloor => Math.Ceiling(at - 0.5),
        ResizeRounding.RoundPreferCeil => Math.Floor(at + 0.5),
        ResizeRounding.Floor => Math.Floor(at),
        _ => Math.Ceiling(at),
    });

    private void AddKernel(ResizeSampling sampling, double at, int from, double scale)
    {
        int radius = sampling.Mode == ResizeMode.Linear ? 1 : 2;
        double narrow = sampling.Antialias ? Math.Min(scale, 1) : 1;
        int floor = (int)Math.Floor(at), first = (int)Math.Floor(-radius / narrow) + 1, start = indices.Count;
        double sum = 0;
        for (int k = first; k <= 1 - first; k++)
        {
            double weight = Weight(sampling, (floor + k - at) * narrow);
            bool counts = weight != 0 && !(sampling.ExcludeOutside && (floor + k < 0 || floor + k >= from));
            if (counts)
            {
                Add(Math.Clamp(floor + k, 0, from - 1), weight);
                sum += weight;
            }
        }

        // Without either the weights add up to 1 by themselves.
        for (int k = start; (sampling.Antialias || sampling.ExcludeOutside) && k < weights.Count; k++)
            weights[k] /= sum;
    }

    private static double Weight(ResizeSampling sampling, double distance)
    {
        double x = Math.Abs(distance), a = sampling.CubicCoefficient;
        if (sampling.Mode == ResizeMode.Linear)
            return Math.Max(0, 1 - x);
        return x <= 1 ? (((((a + 2) * x) - (a + 3)) * x) * x) + 1
            : x < 2 ? ((((((a * x) - (5 * a)) * x) + (8 * a)) * x) - (4 * a))
            : 0;
    }

    private void Add(int index, double weight)
    {
        indices.Add(index);
        weights.Add(weight);
    }
}
