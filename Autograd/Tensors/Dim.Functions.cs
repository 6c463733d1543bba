namespace Toolkit.Autograd.Tensors;

/// <content>Quotients, the lesser and the greater of two, broadcasting.</content>
public sealed partial class Dim
{
    /// <summary>Whether no value of the symbols makes it negative, as far as the signs of its terms tell.</summary>
    public bool IsNeverNegative => terms.All(term => term.Coefficient > 0 && term.Factors.All(factor => factor switch
    {
        SymbolFactor => true,
        QuotientFactor quotient => quotient.Dividend.IsNeverNegative && quotient.Divisor.IsNeverNegative,
        ChoiceFactor { Choice: DimChoice.Max } choice => choice.First.IsNeverNegative || choice.Second.IsNeverNegative,
        ChoiceFactor choice => choice.First.IsNeverNegative && choice.Second.IsNeverNegative,
        _ => false,
    }));

    /// <summary>Writes the dimension in a notation.</summary>
    /// <typeparam name="T">What is written.</typeparam>
    /// <param name="notation">The notation.</param>
    public T Write<T>(IDimNotation<T> notation) =>
        notation.Sum([.. terms.Select(term => notation.Product(term.Coefficient, [.. term.Factors.Select(factor => factor.Write(notation))]))]);

    /// <summary>The same polynomial with dimensions in the place of symbols.</summary>
    /// <param name="dims">What takes the place of a symbol; null leaves it as it is.</param>
    internal Dim Substitute(Func<Symbol, Dim?> dims) => terms.Aggregate(
        Of(0), (sum, term) => sum + term.Factors.Aggregate(OfNumber(term.Coefficient), (product, factor) => product * factor.Substitute(dims)));

    /// <summary>Divides exactly, as <c>Reshape</c> needs it for the dimension −1.</summary>
    /// <param name="divisor">A number or a single product of symbols.</param>
    /// <param name="quotient">The quotient, if the division leaves no remainder for every value of the symbols.</param>
    /// <returns>Whether the division is exact.</returns>
    public bool TryDivide(Dim divisor, out Dim quotient)
    {
        quotient = Of(0);
        if (divisor.terms is not [var by])
        {
            return false;
        }

        var result = new List<DimTerm>(terms.Length);
        foreach (DimTerm term in terms)
        {
            if (term.DividedBy(by) is not { } part)
            {
                return false;
            }

            result.Add(part);
        }

        quotient = new Dim(DimTerm.Normalize(result));
        return true;
    }

    /// <summary>The quotient rounded down (toward −∞), as the number of whole parts of a size.</summary>
    /// <param name="divisor">The number to divide by, at least 1.</param>
    /// <exception cref="ShapeException">The divisor is less than 1.</exception>
    public Dim FloorDivide(long divisor) => divisor < 1
        ? throw new ShapeException($"Expected a divisor of at least 1, found {divisor}.")
        : FloorDivide(OfNumber(divisor));

    /// <summary>The quotient rounded down (toward −∞).</summary>
    /// <param name="divisor">What to divide by.</param>
    /// <exception cref="ShapeException">The divisor is 0.</exception>
    public Dim FloorDivide(Dim divisor) => TryDivide(divisor, out Dim exact) ? exact
        : IsStatic && divisor.IsStatic ? OfNumber(QuotientFactor.Of(Number, divisor.Number))
        : divisor == 0 ? throw new ShapeException($"Expected a divisor other than 0 for {this}.")
        : divisor.terms is [var by] && divisor.IsStatic && Array.Exists(terms, term => term.DividedBy(by) is not null) ? WholePart(by) + RestOf(by).FloorDivide(divisor)
        : Of(new QuotientFactor(this, divisor));

    /// <summary>The quotient of the terms that a number divides: what is rounded down is only the rest.</summary>
    private Dim WholePart(DimTerm by) => new(DimTerm.Normalize([.. terms.Select(term => term.DividedBy(by)).OfType<DimTerm>()]));

    private Dim RestOf(DimTerm by) => new(DimTerm.Normalize([.. terms.Where(term => term.DividedBy(by) is null)]));

    /// <summary>Whether values of the symbols may make it the same as another: neither is greater whatever they are, as far as the signs of terms tell.</summary>
    /// <param name="other">The other dimension.</param>
    internal bool MayEqual(Dim other) => this == other || !((this - other).IsNeverNegative || (other - this).IsNeverNegative);

    /// <summary>The smaller of two dimensions.</summary>
    /// <param name="a">The first dimension.</param>
    /// <param name="b">The second dimension.</param>
    public static Dim Min(Dim a, Dim b) => (b - a).IsNeverNegative ? a : (a - b).IsNeverNegative ? b : Of(new ChoiceFactor(DimChoice.Min, a, b));

    /// <summary>The greater of two dimensions.</summary>
    /// <param name="a">The first dimension.</param>
    /// <param name="b">The second dimension.</param>
    public static Dim Max(Dim a, Dim b) => (b - a).IsNeverNegative ? b : (a - b).IsNeverNegative ? a : Of(new ChoiceFactor(DimChoice.Max, a, b));

    /// <summary>The size to which two dimensions broadcast: that which is not 1. Where one is a number other than 1 it is that number; that the other is 1 or the same is
    /// for the operation to check when the sizes are known.</summary>
    /// <param name="a">The first dimension.</param>
    /// <param name="b">The second dimension.</param>
    /// <exception cref="ShapeException">They are different numbers, neither of them 1.</exception>
    public static Dim Broadcast(Dim a, Dim b)
    {
        if (a == b || b == 1)
        {
            return a;
        }

        if (a == 1 || (b.IsStatic && !a.IsStatic))
        {
            return b;
        }

        if (a.IsStatic)
            return b.IsStatic ? throw new ShapeException($"Expected sizes that are equal, or one of them 1, found {a} and {b}.") : a;
        Dim[] first = [.. a.Broadcasting()], second = [.. b.Broadcasting()];
        if (second.All(first.Contains))
            return a;
        if (first.All(second.Contains))
            return b;

        // In one order, whatever the order in which they came together.
        Dim[] all = first.Length + second.Length == 2 ? [a, b] : [.. first.Union(second).OrderBy(dim => dim.ToString(), StringComparer.Ordinal)];
        return all.Aggregate((sizes, size) => Of(new ChoiceFactor(DimChoice.Broadcast, sizes, size)));
    }

    /// <summary>The sizes that have broadcast to this one; itself if it is none of that kind. What has gone into it once changes nothing if it comes again.</summary>
    private IEnumerable<Dim> Broadcasting() => terms is [{ Coefficient: 1, Factors: [ChoiceFactor { Choice: DimChoice.Broadcast } choice] }]
        ? choice.First.Broadcasting().Concat(choice.Second.Broadcasting())
        : [this];
}
