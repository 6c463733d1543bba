using System.Globalization;

namespace Toolkit.Autograd.Tensors;

/// <summary>A term of the polynomial that a <see cref="Dim"/> is: a coefficient and the factors that it multiplies, in whatever order.</summary>
internal sealed class DimTerm : IEquatable<DimTerm>
{
    private readonly DimFactor[] factors;

    public DimTerm(long coefficient, params DimFactor[] factors)
    {
        Coefficient = coefficient;
        this.factors = factors;
    }

    public long Coefficient { get; }

    /// <summary>The factors; none for a number.</summary>
    public IReadOnlyList<DimFactor> Factors => factors;

    /// <summary>Terms of equal factors added up, those that vanish left out, in an order for the eye.</summary>
    public static DimTerm[] Normalize(IEnumerable<DimTerm> terms)
    {
        var sums = new List<DimTerm>();
        foreach (DimTerm term in terms)
        {
            int same = sums.FindIndex(term.HasFactorsOf);
            if (same < 0)
                sums.Add(term);
            else
                sums[same] = new DimTerm(checked(sums[same].Coefficient + term.Coefficient), term.factors);
        }

        sums.RemoveAll(term => term.Coefficient == 0);
        return sums.Count <= 1 ? [.. sums] : [.. sums.OrderByDescending(term => term.FactorText, StringComparer.Ordinal)];
    }

    public static DimTerm operator *(DimTerm a, DimTerm b)
    {
        DimFactor[] factors = [.. a.factors, .. b.factors];
        if (factors.Length > 1)
            Array.Sort(factors, (x, y) => string.CompareOrdinal(x.ToString(), y.ToString()));
        return new DimTerm(Product(a.Coefficient, b.Coefficient), factors);
    }

    /// <summary>The quotient by another term; null where there is a remainder.</summary>
    public DimTerm? DividedBy(DimTerm divisor)
    {
        var rest = new List<DimFactor>(factors);
        return divisor.Coefficient == 0 || Coefficient % divisor.Coefficient != 0 || !divisor.factors.All(rest.Remove)
            ? null
            : new DimTerm(Coefficient / divisor.Coefficient, [.. rest]);
    }

    public DimTerm Negated() => new(-Coefficient, factors);

    public long Evaluate(Func<Symbol, long?> sizeOf) => factors.Aggregate(Coefficient, (product, factor) => Product(product, factor.Evaluate(sizeOf)));

    public bool Equals(DimTerm? other) => other is not null && other.Coefficient == Coefficient && HasFactorsOf(other);

    public override bool Equals(object? obj) => Equals(obj as DimTerm);

    public override int GetHashCode() => factors.Aggregate(Coefficient.GetHashCode(), (hash, factor) => unchecked(hash + (31 * factor.GetHashCode())));

    public override string ToString() => factors.Length == 0
        ? Coefficient.ToString(CultureInfo.InvariantCulture)
        : Coefficient == 1 ? FactorText : string.Create(CultureInfo.InvariantCulture, $"{Coefficient}\u00b7{FactorText}");

    private string FactorText => string.Join('\u00b7', (object[])factors);

    private bool HasFactorsOf(DimTerm other)
    {
        if (other.factors.Length != factors.Length)
            return false;
        if (factors.Length == 1)
            return factors[0].Equals(other.factors[0]);
        var rest = new List<DimFactor>(other.factors);
        return factors.All(rest.Remove);
    }

    private static long Product(long a, long b) => Math.BigMul(a, b, out long low) is var high && high == low >> 63
        ? low
        : throw new SizeException($"Expected sizes whose product is a number of 64 bits, found {a} times {b}.");
}
