using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Resizing;

/// <summary>How long resized axes are.</summary>
internal static class ResizeLengths
{
    private const int MostParts = 64;

    /// <summary>The length of each axis; null where it depends on data.</summary>
    public static IReadOnlyList<Dim?> Of(Resize operation, InferRequest inputs, int[] axes)
    {
        Shape shape = inputs[0].Shape;
        if (inputs.Has(2))
            return [.. axes.Select((axis, i) => inputs.Constant(2) is { } factors ? Scaled(operation, shape[axis], (float)factors[i]) : null)];
        if (inputs.Content(3) is not { } sizes)
            return new Dim?[axes.Length];
        if (operation.Policy == AspectRatio.Stretch)
            return [.. sizes];
        if (!sizes.All(size => size.IsStatic) || !axes.All(axis => shape[axis].IsStatic))
            return new Dim?[axes.Length];
        double scale = CommonScale(operation.Policy, [.. axes.Select(axis => shape[axis].Size)], [.. sizes.Select(size => (double)size.Number)]);
        return [.. axes.Select(axis => Dim.Of((long)Math.Floor((scale * shape[axis].Size) + 0.5)))];
    }

    /// <summary>The factor that keeps the ratio of the axes.</summary>
    public static double CommonScale(AspectRatio policy, int[] from, double[] sizes) =>
        policy == AspectRatio.NotLarger ? from.Select((size, i) => sizes[i] / size).Min() : from.Select((size, i) => sizes[i] / size).Max();

    /// <summary>A known size is multiplied as a float32, as other engines do it; for others a factor of few binary digits makes no difference.</summary>
    private static Dim? Scaled(Resize operation, Dim size, float factor)
    {
        if (!(factor > 0) || float.IsInfinity(factor))
            throw new GraphException($"{operation.Name} expects factors greater than 0, found {factor}.");
        if (size.IsStatic)
            return Dim.Of((long)MathF.Floor(size.Size * factor));
        for (int parts = 1; parts <= MostParts; parts *= 2)
        {
            if (float.IsInteger(factor * parts) && factor * parts <= 1 << 12)
                return (size * Dim.Of((long)(factor * parts))).FloorDivide((long)parts);
        }

        return null;
    }
}
