using System.Globalization;
using System.Text;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>What a learning rate range test has found.</summary>
public sealed class LearningRateCurve
{
    internal LearningRateCurve(IReadOnlyList<LearningRatePoint> points)
    {
        Points = points;
        int lowest = 1;
        for (int i = 1; i < points.Count; i++)
            lowest = points[i].Smoothed < points[lowest].Smoothed ? i : lowest;
        double steepest = double.PositiveInfinity;
        for (int i = 1; i <= lowest; i++)
        {
            double slope = (points[i].Smoothed - points[i - 1].Smoothed) / Math.Log(points[i].LearningRate / points[i - 1].LearningRate);
            if (slope < steepest)
                (steepest, Suggestion) = (slope, points[i].LearningRate);
        }
    }

    /// <summary>The steps, from the smallest rate on.</summary>
    public IReadOnlyList<LearningRatePoint> Points { get; }

    /// <summary>The rate at which the smoothed loss falls most over the logarithm of the rate, before it is least.</summary>
    public double Suggestion { get; }

    /// <summary>A table of the steps, and below it the suggestion.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (LearningRatePoint point in Points)
            text.Append(CultureInfo.InvariantCulture, $"rate {point.LearningRate:E2}  loss {point.Loss:F5}  smoothed {point.Smoothed:F5}").Append('\n');
        return text.Append(CultureInfo.InvariantCulture, $"suggested rate {Suggestion:E2}").ToString();
    }
}
