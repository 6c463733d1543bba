using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Checking;

/// <summary>A direction in the space of all inputs that are moved.</summary>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Parts">For each input its part, in row-major order; null where it stays.</param>
/// <param name="Growth">The factor of the step.</param>
internal sealed record Direction(string Name, double[]?[] Parts, double Growth)
{
    /// <summary>A random direction over all inputs, elements from −0.5 to 0.5.</summary>
    public static Direction Draw(IEnumerable<Value> inputs, Random random, int number) =>
        new($"random direction {number}", [.. inputs.Select(input => Enumerable.Range(0, input.Count).Select(_ => random.NextDouble() - 0.5).ToArray())], 1);

    /// <summary>One element of one input.</summary>
    public static Direction OfElement(MovedPoint point, int position, int element)
    {
        var parts = new double[]?[point.Moved.Count];
        parts[position] = new double[point.Moved[position].Count];
        parts[position]![element] = 1;
        return new Direction($"element {element} of \"{point.NameOf(position)}\"", parts, Math.Max(1, 1e-4 * Math.Abs(point.Moved[position][element])));
    }

    /// <summary>The derivative in the direction: Σ v g, where a gradient that is left out is zero.</summary>
    public double Along(IReadOnlyList<Value?> gradients)
    {
        double sum = 0;
        for (int p = 0; p < Parts.Length; p++)
        {
            if (Parts[p] is not { } part || gradients[p] is not { } gradient)
                continue;
            for (int i = 0; i < part.Length; i++)
                sum += part[i] == 0 ? 0 : part[i] * gradient[i];
        }

        return sum;
    }
}
