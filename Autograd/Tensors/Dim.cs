namespace Toolkit.Autograd.Tensors;

/// <summary>
/// One dimension of a shape: a number, a symbol such as <c>"batch"</c>, or a polynomial of symbols with integer coefficients
/// (<c>7·batch</c>, <c>batch + 1</c>), as reshaping and concatenation produce them. A quotient that does not come out even, rounded down, takes the place of a
/// symbol, <c>⌊(batch + 3) / 4⌋</c>, and so do the lesser and the greater of two, and the size to which two broadcast. Values are immutable and compared by content.
/// </summary>
/// <remarks>Integers and strings convert implicitly, so a shape reads <c>["batch", 784]</c>.</remarks>
public sealed partial class Dim : IEquatable<Dim>
{
    private readonly DimTerm[] terms;

    private Dim(params DimTerm[] terms) => this.terms = terms;

    /// <summary>Whether the size is known when the graph is built.</summary>
    public bool IsStatic => terms.Length == 0 || (terms.Length == 1 && terms[0].Factors.Count == 0);

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
    public long Number => IsStatic
        ? terms.Length == 0 ? 0 : terms[0].Coefficient
        : throw new ShapeException($"Expected a number, found the symbolic dimension {this}.");

    /// <summary>The symbol, if the dimension is a single symbol such as <c>"batch"</c>; otherwise null.</summary>
    public Symbol? Symbol => terms is [{ Coefficient: 1, Factors: [SymbolFactor { Symbol: { } symbol }] }] ? symbol : null;

    /// <summary>The symbols that occur, each once.</summary>
    public IEnumerable<Symbol> Symbols => terms.SelectMany(t => t.Factors).SelectMany(f => f.Symbols).Distinct();

    /// <summary>Whether a symbol occurs that an operation made for a size that depends on data.</summary>
    public bool DependsOnData => terms.Length > 0 && Symbols.Any(symbol => symbol.IsFresh);

    /// <summary>Whether it may turn out to be 1 where another size is not: it depends on data, or on a size that a file leaves open.</summary>
    public bool MayBroadcast => terms.Length > 0 && Symbols.Any(symbol => symbol.IsFresh || symbol.IsOpen);

    /// <summary>The terms of the polynomial, to be written in another notation; none for 0.</summary>
    internal IReadOnlyList<DimTerm> Terms => terms;

    /// <summary>Creates a dimension of known size.</summary>
    /// <param name="size">The size, not negative.</param>
    /// <exception cref="ShapeException">The size is negative.</exception>
    public static Dim Of(long size) => size < 0
        ? throw new ShapeException($"Expected a size of at least 0, found {size}.")
        : OfNumber(size);

    /// <summary>A number as an element of a known integer content; it may be negative.</summary>
    /// <param name="number">The number.</param>
    public static Dim OfNumber(long number) => number == 0 ? new Dim() : new Dim(new DimTerm(number));

    /// <summary>Creates a symbolic dimension.</summary>
    /// <param name="symbol">The name; the same name means the same size.</param>
    public static Dim Named(string symbol) => Of(Symbol.Named(symbol));

    /// <summary>Creates a symbolic dimension.</summary>
    /// <param name="symbol">The symbol.</param>
    public static Dim Of(Symbol symbol) => Of(new SymbolFactor(symbol));

    internal static Dim Of(DimFactor factor) => new(new DimTerm(1, factor));

    /// <summary>Creates a dimension of known size.</summary>
    /// <param name="size">The size, not negative.</param>
    public static implicit operator Dim(int size) => Of(size);

    /// <summary>Creates a symbolic dimension.</summary>
    /// <param name="symbol">The name; the same name means the same size.</param>
    public static implicit operator Dim(string symbol) => Named(symbol);

    /// <summary>The sum of two dimensions.</summary>
    /// <param name="left">The first dimension.</param>
    /// <param name="right">The second dimension.</param>
    public static Dim operator +(Dim left, Dim right) => new(DimTerm.Normalize([.. left.terms, .. right.terms]));

    /// <summary>The difference of two dimensions.</summary>
    /// <param name="left">The first dimension.</param>
    /// <param name="right">The dimension to subtract.</param>
    public static Dim operator -(Dim left, Dim right) => new(DimTerm.Normalize([.. left.terms, .. right.terms.Select(t => t.Negated())]));

    /// <summary>The product of two dimensions.</summary>
    /// <param name="left">The first dimension.</param>
    /// <param name="right">The second dimension.</param>
    public static Dim operator *(Dim left, Dim right) => new(DimTerm.Normalize(left.terms.SelectMany(a => right.terms.Select(b => a * b))));

    /// <summary>Whether two dimensions are the same number or polynomial.</summary>
    /// <param name="left">The first dimension.</param>
    /// <param name="right">The second dimension.</param>
    public static bool operator ==(Dim? left, Dim? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two dimensions differ as numbers or polynomials.</summary>
    /// <param name="left">The first dimension.</param>
    /// <param name="right">The second dimension.</param>
    public static bool operator !=(Dim? left, Dim? right) => !(left == right);

    /// <summary>The size for given values of the symbols.</summary>
    /// <param name="binding">The value of each symbol.</param>
    /// <exception cref="ShapeException">A symbol has no value, the size is negative, or sizes do not broadcast.</exception>
    public int Evaluate(IReadOnlyDictionary<Symbol, int> binding) => SizeFor(symbol => binding.TryGetValue(symbol, out int size) ? size : null);

    /// <summary>The size for given values of the symbols by their names, as a model in a file has them.</summary>
    /// <param name="binding">The value of each symbol.</param>
    /// <exception cref="ShapeException">A symbol has no value, the size is negative, or sizes do not broadcast.</exception>
    public int Evaluate(IReadOnlyDictionary<string, int> binding) => SizeFor(symbol => binding.TryGetValue(symbol.Name, out int size) ? size : null);

    /// <summary>The number for given values of the symbols; it may be negative and may exceed a size.</summary>
    /// <param name="sizeOf">The value of a symbol; null where it has none.</param>
    internal long Evaluate(Func<Symbol, long?> sizeOf)
    {
        long sum = 0;
        foreach (DimTerm term in terms)
        {
            sum = checked(sum + term.Evaluate(sizeOf));
        }

        return sum;
    }

    /// <inheritdoc/>
    public bool Equals(Dim? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || other.terms.Length != terms.Length)
        {
            return false;
        }

        return terms.Length switch
        {
            0 => true,
            1 => terms[0].Equals(other.terms[0]),
            _ => terms.All(other.terms.Contains),
        };
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Dim);

    /// <inheritdoc/>
    public override int GetHashCode() => terms.Aggregate(terms.Length, (hash, term) => unchecked(hash + term.GetHashCode()));

    /// <inheritdoc/>
    public override string ToString() => terms.Length == 0
        ? "0"
        : string.Join(" + ", terms.Select(t => t.ToString())).Replace("+ -", "- ", StringComparison.Ordinal);

    private int SizeFor(Func<Symbol, long?> sizeOf)
    {
        long size;
        try
        {
            size = Evaluate(sizeOf);
        }
        catch (ShapeException e)
        {
            throw new ShapeException($"The dimension {this} has no value: {e.Message}", e);
        }

        return size is >= 0 and <= int.MaxValue
            ? (int)size
            : throw new ShapeException($"The dimension {this} must lie between 0 and {int.MaxValue}, found {size}.");
    }
}
