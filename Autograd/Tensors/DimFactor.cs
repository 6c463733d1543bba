using System.Globalization;

namespace Toolkit.Autograd.Tensors;

/// <summary>A factor of a term of a <see cref="Dim"/>: a symbol, or a function of dimensions that no polynomial is equal to.</summary>
internal abstract record DimFactor
{
    /// <summary>The symbols that occur.</summary>
    public abstract IEnumerable<Symbol> Symbols { get; }

    /// <summary>The number for given values of the symbols.</summary>
    /// <param name="sizeOf">The value of a symbol; null where it has none.</param>
    public abstract long Evaluate(Func<Symbol, long?> sizeOf);

    /// <summary>The factor with dimensions in the place of symbols; null leaves a symbol as it is.</summary>
    public abstract Dim Substitute(Func<Symbol, Dim?> dims);

    /// <summary>The factor in a notation.</summary>
    public abstract T Write<T>(IDimNotation<T> notation);
}

/// <summary>A symbol.</summary>
internal sealed record SymbolFactor(Symbol Symbol) : DimFactor
{
    public override IEnumerable<Symbol> Symbols => [Symbol];

    public override long Evaluate(Func<Symbol, long?> sizeOf) =>
        sizeOf(Symbol) ?? throw new ShapeException($"The size \"{Symbol}\" needs a value, and no input gives one.");

    public override Dim Substitute(Func<Symbol, Dim?> dims) => dims(Symbol) ?? Dim.Of(Symbol);

    public override T Write<T>(IDimNotation<T> notation) => notation.Symbol(Symbol);

    public override string ToString() => Symbol.Name;
}

/// <summary>A quotient, rounded down (toward −∞).</summary>
internal sealed record QuotientFactor(Dim Dividend, Dim Divisor) : DimFactor
{
    public override IEnumerable<Symbol> Symbols => Dividend.Symbols.Concat(Divisor.Symbols);

    /// <summary>The quotient of two numbers, rounded down.</summary>
    public static long Of(long dividend, long divisor) => divisor == 0
        ? throw new ShapeException($"Expected a divisor other than 0 for the size {dividend}.")
        : (dividend / divisor) - (dividend % divisor != 0 && dividend < 0 != divisor < 0 ? 1 : 0);

    public override long Evaluate(Func<Symbol, long?> sizeOf) => Of(Dividend.Evaluate(sizeOf), Divisor.Evaluate(sizeOf));

    public override Dim Substitute(Func<Symbol, Dim?> dims) => Dividend.Substitute(dims).FloorDivide(Divisor.Substitute(dims));

    public override T Write<T>(IDimNotation<T> notation) => notation.Quotient(Dividend, Divisor);

    public override string ToString() => Divisor.IsStatic
        ? string.Create(CultureInfo.InvariantCulture, $"⌊({Dividend}) / {Divisor}⌋")
        : $"⌊({Dividend}) / ({Divisor})⌋";
}

/// <summary>How one of two dimensions is chosen.</summary>
internal enum DimChoice
{
    /// <summary>The smaller.</summary>
    Min,

    /// <summary>The greater.</summary>
    Max,

    /// <summary>The one that is not 1; they are equal otherwise.</summary>
    Broadcast,
}

/// <summary>One of two dimensions; their order does not matter.</summary>
internal sealed record ChoiceFactor(DimChoice Choice, Dim First, Dim Second) : DimFactor
{
    public override IEnumerable<Symbol> Symbols => First.Symbols.Concat(Second.Symbols);

    /// <summary>The number that is chosen.</summary>
    /// <exception cref="ShapeException">Sizes do not broadcast.</exception>
    public static long Of(DimChoice choice, long first, long second) => choice switch
    {
        DimChoice.Min => Math.Min(first, second),
        DimChoice.Max => Math.Max(first, second),
        _ => first == second || second == 1 ? first
            : first == 1 ? second
            : throw new ShapeException($"Expected sizes that are equal, or one of them 1, found {first} and {second}."),
    };

    public override long Evaluate(Func<Symbol, long?> sizeOf) => Of(Choice, First.Evaluate(sizeOf), Second.Evaluate(sizeOf));

    public override Dim Substitute(Func<Symbol, Dim?> dims)
    {
        (Dim first, Dim second) = (First.Substitute(dims), Second.Substitute(dims));
        return Choice == DimChoice.Min ? Dim.Min(first, second) : Choice == DimChoice.Max ? Dim.Max(first, second) : Dim.Broadcast(first, second);
    }

    public override T Write<T>(IDimNotation<T> notation) => Choice switch
    {
        DimChoice.Min => notation.Min(First, Second),
        DimChoice.Max => notation.Max(First, Second),
        _ => notation.Broadcast(First, Second),
    };

    public bool Equals(ChoiceFactor? other) => other is not null && other.Choice == Choice
        && ((First.Equals(other.First) && Second.Equals(other.Second)) || (First.Equals(other.Second) && Second.Equals(other.First)));

    public override int GetHashCode() => HashCode.Combine(Choice, First.GetHashCode() ^ Second.GetHashCode());

    public override string ToString() => $"{(Choice == DimChoice.Broadcast ? "broadcast" : Choice == DimChoice.Min ? "min" : "max")}({First}, {Second})";
}
