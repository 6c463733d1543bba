using Toolkit.Autograd.Tensors;

namespace Toolkit.Conformance.Files;

/// <summary>How far numbers are from those that are expected.</summary>
internal static class Distance
{
    /// <summary>The largest difference, relative to the number that is expected or to the root mean square of all, whichever is greater; infinite where types, sizes or what is no number differ.</summary>
    /// <param name="expected">What is expected.</param>
    /// <param name="found">What was found.</param>
    public static double Between(Value expected, Value found)
    {
        if (expected.DType != found.DType || !expected.Sizes.SequenceEqual(found.Sizes))
            return double.PositiveInfinity;
        double squares = 0, largest = 0;
        for (int i = 0; i < expected.Count; i++)
            squares += expected[i] * expected[i] / expected.Count;
        for (int i = 0; i < expected.Count; i++)
        {
            (double e, double f) = (expected[i], found[i]);
            if (e.Equals(f))
                continue;
            double distance = Math.Abs(e - f) / Math.Max(Math.Abs(e), Math.Sqrt(squares));
            largest = double.IsNaN(distance) ? double.PositiveInfinity : Math.Max(largest, distance);
        }

        return largest;
    }
}
