using System.Globalization;

namespace Toolkit.Autograd.Tensors;

/// <summary>
/// One dimension of a shape: a number, a symbol such as <c>"batch"</c>, or a polynomial of symbols with integer coefficients
/// (<c>7·batch</c>, <c>batch + 1</c>), as reshaping and concatenation produce them. A quotient that does not come out even, rounded down, takes the place of a
/// symbol: <c>⌊(batch + 3) / 4⌋</c>. Values are immutable and compared by content.
/// </summary>
/// <remarks>Integers and strings convert implicitly, so a shape reads <c>["batch", 784]</c>.</remarks>
public sealed class Dim : IEquatable<Dim>
{
    private readonly Term[] terms;

    private Dim(Term[] terms) => this.terms = terms;

    /// <summary>Whether the size is known when the graph is built.</summary>
    public bool IsStatic => terms.Length == 0 || (terms.Length == 1 && terms[0].Factors.Length == 0);

    /// <summary>The size, if it is known.</summary>
    /// <exception cref="ShapeException">The dimension has symbols.</exception>
    /// <exception cref="SizeException">It is more than an array can have.</exception>
    public int Size => !IsStatic
        ? throw new ShapeException($"Expected a static size, found the symbolic dimension {this}.")
        : terms.Length == 0 ? 0
        : terms[0].Coefficient is >= int.MinValue and <= int.MaxValue ? (int)terms[0].Coefficient
        : throw new SizeException($"Expected a size up to {int.MaxValue}, found {terms[0].Coefficient}: use smaller batches, or split what is so large.");

    /// <summary>The number of an element of a known integer content; it may be negative and may exceed a size.</summary>
    /// <exception cref="ShapeException">The dimension has symbols.</exception>
    internal long Number => IsStatic
        ? terms.Length == 0 ? 0 : terms[0].Coefficient
        : throw new ShapeException($"Expected a number, found the symbolic dimension {this}.");

    /// <summary>The symbol, if the dimension is a single symbol such as <c>"batch"</c>; otherwise null.</summary>
    public string? Symbol => terms is [{ Coefficient: 1, Factors: [{ Symbol: { } symbol }] }] ? symbol : null;

    /// <summary>Creates a dimension of known size.</summary>
    /// <param name="size">The size, not negative.</param>
    /// <exception cref="ShapeException">The size is negative.</exception>
    public static Dim Of(long size) => size < 0
        ? throw new ShapeException($"Expected a size of at least 0, found {size}.")
        : size == 0 ? new Dim([]) : new Dim([new Term(size, [])]);

    /// <summary>A number as an element of a known integer content; it may be negative.</summary>
    internal static Dim OfNumber(long number) => number == 0 ? new Dim([]) : new Dim([new Term(number, [])]);

    /// <summary>Creates a symbolic dimension.</summary>
    /// <param name="symbol">The name; the same name means the same size.</param>
    public static Dim Named(string symbol)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(symbol);
        return new Dim([new Term(1, [new Factor(symbol, null, 0)])]);
    }

    /// <summary>Creates a dimension of known size.</summary>
    /// <param name="size">The size, not negative.</param>
    public static implicit operator Dim(int size) => Of(size);

    /// <summary>Creates a symbolic dimension.</summary>
    /// <param name="symbol">The name; the same name means the same size.</param>
    public static implicit operator Dim(string symbol) => Named(symbol);

    /// <summary>The sum of two dimensions.</summary>
    /// <param name="left">The first dimension.</param>
    /// <param name="right">The second dimension.</param>
    public static Dim operator +(Dim left, Dim right) => new(Normalize([.. left.terms, .. right.terms]));

    /// <summary>The difference of two dimensions.</summary>
    /// <param name="left">The first dimension.</param>
    /// <param name="right">The dimension to subtract.</param>
    public static Dim operator -(Dim left, Dim right) =>
        new(Normalize([.. left.terms, .. right.terms.Select(t => t with { Coefficient = -t.Coefficient })]));

    /// <summary>The product of two dimensions.</summary>
    /// <param name="left">The first dimension.</param>
    /// <param name="right">The second dimension.</param>
    public static Dim operator *(Dim left, Dim right)
    {
        var products = new List<Term>(left.terms.Length * right.terms.Length);
        foreach (Term a in left.terms)
        {
            foreach (Term b in right.terms)
            {
                Factor[] factors = [.. a.Factors, .. b.Factors];
                Array.Sort(factors, Factor.Order);
                products.Add(new Term(Product(a.Coefficient, b.Coefficient), factors));
            }
        }

        return new Dim(Normalize(products));
    }

    /// <summary>Whether two dimensions are the same number or polynomial.</summary>
    /// <param name="left">The first dimension.</param>
    /// <param name="right">The second dimension.</param>
    public static bool operator ==(Dim? left, Dim? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two dimensions differ as numbers or polynomials.</summary>
    /// <param name="left">The first dimension.</param>
    /// <param name="right">The second dimension.</param>
    public static bool operator !=(Dim? left, Dim? right) => !(left == right);

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

        var result = new List<Term>(terms.Length);
        foreach (Term term in terms)
        {
            var factors = new List<Factor>(term.Factors);
            if (by.Coefficient == 0 || term.Coefficient % by.Coefficient != 0 || !by.Factors.All(factors.Remove))
            {
                return false;
            }

            result.Add(new Term(term.Coefficient / by.Coefficient, [.. factors]));
        }

        quotient = new Dim(Normalize(result));
        return true;
    }

    /// <summary>The size for given values of the symbols.</summary>
    /// <param name="binding">The value of each symbol.</param>
    /// <exception cref="ShapeException">A symbol has no value, or the size is negative.</exception>
    public int Evaluate(IReadOnlyDictionary<string, int> binding)
    {
        long sum = 0;
        foreach (Term term in terms)
        {
            long product = term.Coefficient;
            foreach (Factor factor in term.Factors)
            {
                if (factor.Dividend is { } dividend)
                {
                    product = Product(product, dividend.Evaluate(binding) / factor.Divisor);
                    continue;
                }

                product = Product(product, binding.TryGetValue(factor.Symbol!, out int size)
                    ? size
                    : throw new ShapeException($"The dimension {this} needs a value for \"{factor.Symbol}\", and no input gives one."));
            }

            sum += product;
        }

        return sum is >= 0 and <= int.MaxValue
            ? (int)sum
            : throw new ShapeException($"The dimension {this} must lie between 0 and {int.MaxValue}, found {sum}.");
    }

    /// <summary>The same polynomial with dimensions in the place of symbols.</summary>
    /// <param name="dims">What takes the place of each symbol; others stay.</param>
    internal Dim Substitute(IReadOnlyDictionary<string, Dim> dims)
    {
        Dim sum = Of(0);
        foreach (Term term in terms)
        {
            Dim product = OfNumber(term.Coefficient);
            foreach (Factor factor in term.Factors)
            {
                product *= factor.Dividend is { } dividend
                    ? dividend.Substitute(dims).FloorDivide(factor.Divisor)
                    : dims.GetValueOrDefault(factor.Symbol!) ?? Named(factor.Symbol!);
            }

            sum += product;
        }

        return sum;
    }

    private static long Product(long a, long b) => Math.BigMul(a, b, out long low) is var high && high == low >> 63
        ? low
        : throw new SizeException($"Expected sizes whose product is a number of 64 bits, found {a} times {b}.");

    /// <summary>The quotient rounded down, as the number of whole parts of a size.</summary>
    /// <param name="divisor">The number to divide by, at least 1.</param>
    /// <exception cref="ShapeException">The divisor is less than 1.</exception>
    public Dim FloorDivide(long divisor) => divisor < 1
        ? throw new ShapeException($"Expected a divisor of at least 1, found {divisor}.")
        : TryDivide(Of(divisor), out Dim exact) ? exact
        : IsStatic ? OfNumber((long)Math.Floor((double)Number / divisor))
        : new Dim([new Term(1, [new Factor(null, this, divisor)])]);

    /// <summary>The terms of the polynomial, to be written in another notation: a coefficient and the factors that it multiplies; none for 0.</summary>
    internal IEnumerable<(long Coefficient, IReadOnlyList<Factor> Factors)> Terms =>
        terms.Select(t => (t.Coefficient, (IReadOnlyList<Factor>)t.Factors));

    /// <summary>The symbols that occur, each once.</summary>
    public IEnumerable<string> Symbols => terms.SelectMany(t => t.Factors).SelectMany(f => f.Dividend?.Symbols ?? [f.Symbol!]).Distinct();

    /// <inheritdoc/>
    public bool Equals(Dim? other) => other is not null && terms.AsSpan().SequenceEqual(other.terms);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Dim);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Term term in terms)
        {
            hash.Add(term);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => terms.Length == 0
        ? "0"
        : string.Join(" + ", terms.Select(t => t.ToString())).Replace("+ -", "- ", StringComparison.Ordinal);

    private static Term[] Normalize(IEnumerable<Term> terms) =>
    [
        .. terms
            .GroupBy(t => string.Join('\u00b7', (object[])t.Factors), StringComparer.Ordinal)
            .OrderByDescending(g => g.Key, StringComparer.Ordinal)
            .Select(g => new Term(g.Sum(t => t.Coefficient), g.First().Factors))
            .Where(t => t.Coefficient != 0),
    ];

    /// <summary>A factor of a term: a symbol, or a quotient rounded down.</summary>
    internal sealed record Factor(string? Symbol, Dim? Dividend, long Divisor)
    {
        /// <summary>The order in which the factors of a term stand.</summary>
        public static Comparison<Factor> Order => (a, b) => string.CompareOrdinal(a.ToString(), b.ToString());

        public override string ToString() => Symbol ?? string.Create(CultureInfo.InvariantCulture, $"⌊({Dividend}) / {Divisor}⌋");
    }

    private readonly record struct Term(long Coefficient, Factor[] Factors)
    {
        public bool Equals(Term other) => Coefficient == other.Coefficient && Factors.AsSpan().SequenceEqual(other.Factors);

        public override int GetHashCode() => HashCode.Combine(Coefficient, string.Join('\u00b7', (object[])Factors));

        public override string ToString()
        {
            string product = string.Join('\u00b7', (object[])Factors);
            return Factors.Length == 0
                ? Coefficient.ToString(CultureInfo.InvariantCulture)
                : Coefficient == 1 ? product : string.Create(CultureInfo.InvariantCulture, $"{Coefficient}\u00b7{product}");
        }
    }
}
