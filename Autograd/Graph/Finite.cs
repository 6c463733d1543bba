using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>Finds NaN and infinity before they are kept, saved or handed out.</summary>
public static class Finite
{
    /// <summary>The first parameter that holds NaN or infinity, and where, in words; null if all numbers are finite.</summary>
    /// <param name="parameters">The parameters.</param>
    public static string? Fault(IEnumerable<Parameter> parameters) =>
        parameters.Select(parameter => Fault(parameter.Name, parameter.Value)).FirstOrDefault(fault => fault is not null);

    /// <summary>The same of one value under a name.</summary>
    /// <param name="name">What the value is called.</param>
    /// <param name="value">The value.</param>
    public static string? Fault(string name, Value value)
    {
        if (All(value))
            return null;
        int at = Enumerable.Range(0, value.Count).First(i => !double.IsFinite(value[i]));
        return string.Create(CultureInfo.InvariantCulture, $"\"{name}\" holds {value[at]} (element {at} of {value.Count})");
    }

    /// <summary>Whether all numbers of a value are finite; what is no floating-point number always is.</summary>
    /// <param name="value">The value.</param>
    public static bool All(Value value) => value.DType switch
    {
        DType.Float32 => All<float>(value.Span<float>()),
        DType.Float64 => All<double>(value.Span<double>()),
        var type => ElementType.Of(type).Kind != ElementKind.Floating || Enumerable.Range(0, value.Count).All(i => double.IsFinite(value[i])),
    };

    /// <summary>Whether all numbers are finite.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="numbers">The numbers.</param>
    public static bool All<T>(ReadOnlySpan<T> numbers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // 0·x is 0 for finite x only, and NaN otherwise, which no addition takes away.
        ReadOnlySpan<Vector<T>> vectors = MemoryMarshal.Cast<T, Vector<T>>(numbers);
        Vector<T> sum = Vector<T>.Zero;
        foreach (Vector<T> vector in vectors)
            sum += vector * Vector<T>.Zero;
        T rest = Vector.Sum(sum);
        foreach (T number in numbers[(vectors.Length * Vector<T>.Count)..])
            rest += number * T.Zero;
        return rest == T.Zero;
    }
}
