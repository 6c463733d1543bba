using Toolkit.Modeling;

namespace Toolkit.Samples.BookResults.Data;

/// <summary>Two interleaved half circles with noise, on a random plane in a space of many dimensions.</summary>
internal sealed class TwoMoons
{
    private readonly int dimensions;
    private readonly double[] first;
    private readonly double[] second;

    public TwoMoons(int dimensions, RandomSource random)
    {
        this.dimensions = dimensions;
        first = Unit([.. Enumerable.Range(0, dimensions).Select(_ => random.NextNormal())]);
        double[] other = [.. Enumerable.Range(0, dimensions).Select(_ => random.NextNormal())];
        double along = first.Zip(other, (a, b) => a * b).Sum();
        second = Unit([.. other.Zip(first, (b, a) => b - (along * a))]);
    }

    /// <summary>Examples of both classes in turn, with normal noise in the plane.</summary>
    public (float[] X, long[] Y) Draw(int count, double noise, RandomSource random)
    {
        var x = new float[count * dimensions];
        var y = new long[count];
        for (int i = 0; i < count; i++)
        {
            y[i] = i % 2;
            double angle = Math.PI * random.NextDouble();
            double u = (y[i] == 0 ? Math.Cos(angle) : 1 - Math.Cos(angle)) + (noise * random.NextNormal());
            double v = (y[i] == 0 ? Math.Sin(angle) : 0.5 - Math.Sin(angle)) + (noise * random.NextNormal());
            for (int d = 0; d < dimensions; d++)
                x[(i * dimensions) + d] = (float)((u * first[d]) + (v * second[d]));
        }

        return (x, y);
    }

    private static double[] Unit(double[] direction)
    {
        double length = Math.Sqrt(direction.Sum(v => v * v));
        return [.. direction.Select(v => v / length)];
    }
}
