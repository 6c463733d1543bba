using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>
/// How many linear pieces a model of rectifiers, maxout or other piecewise linear units has along a line. Source: book section 6.4.1, equation 6.42 and figure 6.5;
/// Montufar et al., "On the number of linear regions of deep neural networks", 2014: a deep model folds its input, so pieces grow with the power of the depth.
/// </summary>
public static class LinearRegions
{
    /// <summary>The number of pieces of the model at inference from one input to another, at least 1. The line is sampled, and wherever slope or value do
    /// not go on as they were, the stretch is halved down to 2⁻²⁰ of the line.</summary>
    /// <remarks>Pieces shorter than the distance of two samples can be missed. Slopes are compared with a relative tolerance of 10⁻³, since models compute in
    /// float32. A smooth model has no pieces: the count then says how often it was halved.</remarks>
    /// <param name="model">The model, whose <see cref="Module.InputShape"/> is known.</param>
    /// <param name="from">The input at one end, as many numbers as an example has.</param>
    /// <param name="to">The input at the other end.</param>
    /// <param name="samples">How many stretches of equal length are looked at first, at least 1; 1,024 by default.</param>
    /// <exception cref="ArgumentException">The ends do not have as many numbers as an example.</exception>
    public static int AlongLine(Module model, ReadOnlySpan<float> from, ReadOnlySpan<float> to, int samples = 1024)
    {
        Settings.AtLeastOne(samples);
        Shape shape = model.KnownInputShape();
        int size = shape.ElementCount.Size;
        if (from.Length != size || to.Length != size)
            throw new ArgumentException($"Expected two inputs of {size} numbers, found {from.Length} and {to.Length}.", nameof(from));
        Value start = Value.Of(from.ToArray(), [1, size]), way = Value.Of([.. to.ToArray().Zip(from.ToArray(), (b, a) => b - a)], [1, size]);
        Variable t = Variable.Input("t", DType.Float32, ["batch", 1]);
        Variable x = (Variable.Of(start) + (t * Variable.Of(way))).Reshape(["batch", .. shape]);
        Variable y = model.Forward(x, new ForwardContext(Mode.Inference));
        Variable slope = Gradient.PushForward(y, t, Ops.ExpandLike(Variable.Scalar(1.0, DType.Float32), t));
        var function = Function.Compile([t], [y, slope], null, new ExecutionOptions { Threads = 1 });
        var points = new SortedDictionary<double, (float[] Value, float[] Slope)>();
        Add([.. Enumerable.Range(0, samples + 1).Select(i => i / (double)samples)]);
        List<(double Low, double High)> bent = Bent();
        while (bent.Where(b => b.High - b.Low > Resolution).ToArray() is { Length: > 0 } wide)
        {
            Add([.. wide.Select(b => 0.5 * (b.Low + b.High))]);
            bent = Bent();
        }

        // The derivative at a bend itself can be that of neither side: two stretches that touch are one bend, and one at an end is none.
        int pieces = 1;
        double last = double.NegativeInfinity;
        foreach ((double low, double high) in bent)
        {
            pieces += low > last && low > 0.0 && high < 1.0 ? 1 : 0;
            last = high;
        }

        return pieces;

        void Add(double[] places)
        {
            Value[] found = function.Run(Value.Of([.. places.Select(p => (float)p)], places.Length, 1));
            int outputs = found[0].Count / places.Length;
            for (int i = 0; i < places.Length; i++)
                points[places[i]] = (Row(found[0], i), Row(found[1], i));
            float[] Row(Value value, int row) => value.Span<float>().Slice(row * outputs, outputs).ToArray();
        }

        List<(double, double)> Bent()
        {
            var result = new List<(double, double)>();
            (double At, float[] Value, float[] Slope)? before = null;
            // What an output reaches anywhere: by that, not by a value that happens to be near 0, the rounding of float32 is measured.
            float[] greatest = [.. points.Values.First().Item1.Select((_, i) => points.Values.Max(point => Math.Abs(point.Item1[i])))];
            foreach ((double at, (float[] value, float[] slopes)) in points)
            {
                if (before is { } b && Bends(b.Value, b.Slope, value, slopes, at - b.At, greatest))
                    result.Add((b.At, at));
                before = (at, value, slopes);
            }

            return result;
        }
    }

    /// <summary>The number of regions of the model at inference in a piece of a plane, {origin + s·first + t·second, 0 ≤ s, t ≤ 1}: the polygons on which each
    /// rectifier, absolute value and maximum stays on one side. They are cut out exactly, up to the rounding of float32, however small the pieces are.</summary>
    /// <remarks>Regions of different sides count by themselves, also where the model happens to be the same function on both. n lines in general position make 1 + n
    /// + n(n − 1)/2 regions, those of one layer of n rectifiers of two inputs (Zaslavsky 1975).</remarks>
    /// <param name="model">The model, whose <see cref="Module.InputShape"/> is known.</param>
    /// <param name="origin">A corner, as many numbers as an example has.</param>
    /// <param name="first">One edge.</param>
    /// <param name="second">The other edge.</param>
    /// <exception cref="ArgumentException">Corner and edges do not have as many numbers as an example.</exception>
    /// <exception cref="GraphException">The model is not linear between the borders of such units: it is smooth, or has units of another kind.</exception>
    public static int InPlane(Module model, ReadOnlySpan<float> origin, ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        Shape shape = model.KnownInputShape();
        int size = shape.ElementCount.Size;
        if (origin.Length != size || first.Length != size || second.Length != size)
        {
            throw new ArgumentException(
                $"Expected a corner and two edges of {size} numbers, found {origin.Length}, {first.Length} and {second.Length}.", nameof(origin));
        }

        Variable place = Variable.Input("place", DType.Float32, ["batch", 2]);
        Variable edges = Variable.Of(Value.Of([.. first, .. second], [2, size]));
        Variable x = (Variable.Of(Value.Of(origin.ToArray(), [1, size])) + place.MatMul(edges)).Reshape(["batch", .. shape]);
        return PlaneRegions.Count(place, model.Forward(x, new ForwardContext(Mode.Inference)));
    }

    private const double Resolution = 1.0 / (1 << 20), Tolerance = 1e-3;

    private static bool Bends(float[] value, float[] slope, float[] nextValue, float[] nextSlope, double width, float[] greatest)
    {
        for (int i = 0; i < value.Length; i++)
        {
            double scale = Math.Max(Math.Abs(slope[i]), Math.Abs(nextSlope[i]));
            double missed = Math.Abs(nextValue[i] - value[i] - (width * slope[i]));
            if (Math.Abs(nextSlope[i] - slope[i]) > Tolerance * scale || missed > (Tolerance * width * scale) + (1e-5 * greatest[i]))
                return true;
        }

        return false;
    }
}
