using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <summary>Arithmetic on integers that are known when the graph is built, sizes of symbolic dimensions among them.</summary>
internal static class KnownContent
{
    /// <summary>The content of an elementwise result of two vectors or scalars; null where it is not known.</summary>
    public static IReadOnlyList<Dim>? Of(Node node, Func<Dim, Dim, Dim?> function)
    {
        if (node.Inputs[0].Content is not { } x || node.Inputs[1].Content is not { } y || (x.Count != y.Count && x.Count != 1 && y.Count != 1))
            return null;
        var result = new Dim[x.Count == 1 ? y.Count : x.Count];
        for (int i = 0; i < result.Length; i++)
        {
            if (function(x[x.Count == 1 ? 0 : i], y[y.Count == 1 ? 0 : i]) is not { } element)
                return null;
            result[i] = element;
        }

        return result;
    }

    /// <summary>The content of an elementwise result of one vector or scalar; null where it is not known.</summary>
    public static IReadOnlyList<Dim>? Of(Node node, Func<Dim, Dim?> function)
    {
        if (node.Inputs[0].Content is not { } x)
            return null;
        Dim[] result = [.. x.Select(function).OfType<Dim>()];
        return result.Length == x.Count ? result : null;
    }

    /// <summary>The sign; null where it is not known.</summary>
    public static Dim? Sign(Dim x) => IsPositive(x) == true ? Dim.Of(1) : IsZero(x) == true ? Dim.Of(0) : IsPositive(0 - x) == true ? Dim.OfNumber(-1) : null;

    /// <summary>Whether a number is more than 0; null where that is not known.</summary>
    public static bool? IsPositive(Dim x) => (x - 1).IsNeverNegative ? true : (0 - x).IsNeverNegative ? false : null;

    /// <summary>Whether a number is 0; null where that is not known.</summary>
    public static bool? IsZero(Dim x) => x == 0 ? true : (x - 1).IsNeverNegative || (0 - x - 1).IsNeverNegative ? false : null;

    /// <summary>The rest of a quotient; null where it is not known.</summary>
    /// <param name="x">The dividend.</param>
    /// <param name="y">The divisor.</param>
    /// <param name="isTruncated">Whether it has the sign of the dividend, instead of that of the divisor.</param>
    public static Dim? Rest(Dim x, Dim y, bool isTruncated) =>
        y == 0 || (isTruncated && !(x.IsNeverNegative && y.IsNeverNegative)) ? null
        : y.IsStatic || y.IsNeverNegative ? x - (y * x.FloorDivide(y))
        : null;

    /// <summary>The quotient, truncated toward zero; null where it is not known.</summary>
    public static Dim? Quotient(Dim x, Dim y)
    {
        if (x.IsStatic && y.IsStatic)
            return y.Number == 0 ? null : Dim.OfNumber(x.Number / y.Number);
        if (y != 0 && x.TryDivide(y, out Dim quotient))
            return quotient;
        if (y.IsStatic ? y.Number <= 0 : !y.IsNeverNegative)
            return null;
        Dim floor = Dim.Max(x, 0).FloorDivide(y);
        return x.IsNeverNegative ? floor : floor - Dim.Max(0 - x, 0).FloorDivide(y);
    }
}
