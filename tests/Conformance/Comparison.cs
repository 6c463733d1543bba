using System.Numerics;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Conformance;

/// <summary>Compares what came out with what should: equal type and shape, every number within the tolerance of the suite, NaN equal NaN.</summary>
internal static class Comparison
{
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;

    /// <summary>The first difference; null if there is none.</summary>
    /// <param name="name">The output.</param>
    /// <param name="expected">What should come out.</param>
    /// <param name="found">What came out.</param>
    public static string? Difference(string name, Datum expected, Datum found)
    {
        switch (expected, found)
        {
            case (Datum.Tensor e, Datum.Tensor f):
                return Difference(name, e.Value, f.Value);
            case (Datum.Nothing, Datum.Nothing):
                return null;
            case (Datum.Sequence e, Datum.Sequence f) when e.Items.Count == f.Items.Count:
                return e.Items.Select((item, i) => Difference($"{name}[{i}]", item, f.Items[i])).FirstOrDefault(difference => difference is not null);
            case (Datum.Sequence e, Datum.Sequence f):
                return $"mismatch: {e.Items.Count} items expected in {name}, found {f.Items.Count}";
            default:
                return $"mismatch: a {expected.GetType().Name} expected as {name}, found a {found.GetType().Name}";
        }
    }

    private static string? Difference(string name, Value expected, Value found)
    {
        if (expected.DType != found.DType)
            return $"mismatch: type {expected.DType} expected of {name}, found {found.DType}";
        if (!expected.Sizes.SequenceEqual(found.Sizes))
            return $"mismatch: shape {expected.Shape} expected of {name}, found {found.Shape}";
        if (expected.BitEquals(found))
            return null;
        int wrong = 0, first = -1;
        for (int i = 0; i < expected.Count; i++)
        {
            if (!AreClose(expected, found, i))
            {
                first = first < 0 ? i : first;
                wrong++;
            }
        }

        return wrong == 0 ? null : $"mismatch: numbers of {name}: {wrong} of {expected.Count} differ, the first at {first}: {Text(expected, first)} expected, found {Text(found, first)}";
    }

    private static bool AreClose(Value expected, Value found, int i) => expected.DType switch
    {
        DType.String => expected.Texts[i] == found.Texts[i],
        DType.Complex64 => AreClose(Of(expected.Span<Complex64>()[i]), Of(found.Span<Complex64>()[i])),
        DType.Complex128 => AreClose(expected.Span<Complex>()[i], found.Span<Complex>()[i]),
        _ => AreClose(expected[i], found[i]),
    };

    private static bool AreClose(Complex expected, Complex found) => AreClose(expected.Real, found.Real) && AreClose(expected.Imaginary, found.Imaginary);

    private static bool AreClose(double expected, double found) => expected.Equals(found) || expected == found
        || (double.IsFinite(expected) && Math.Abs(found - expected) <= Absolute + (Relative * Math.Abs(expected)));

    private static Complex Of(Complex64 number) => new(number.Real, number.Imaginary);

    private static string Text(Value value, int i) => value.DType switch
    {
        DType.String => $"\"{value.Texts[i]}\"",
        DType.Complex64 => value.Span<Complex64>()[i].ToString() ?? string.Empty,
        DType.Complex128 => value.Span<Complex>()[i].ToString(),
        _ => $"{value[i]:R}",
    };
}
