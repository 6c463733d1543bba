using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <summary>Shapes as int64 vectors, as operations take them: constants, and what is read from the shapes of tensors that carry the symbols.</summary>
internal sealed class Sizes
{
    private readonly Variable[] carriers;

    private Sizes(ReadOnlySpan<Variable> carriers) => this.carriers = carriers.ToArray();

    /// <summary>A shape as a vector.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="carriers">Tensors in whose shapes its symbols occur.</param>
    /// <exception cref="ShapeException">A symbol occurs in none of them.</exception>
    public static Variable Of(Shape shape, params ReadOnlySpan<Variable> carriers)
    {
        if (shape.IsStatic)
            return Ops.Integers([.. shape.Select(d => d.Number)]);
        var sizes = new Sizes(carriers);
        return sizes.carriers.FirstOrDefault(c => c.Shape == shape) is { } same ? Ops.ShapeOf(same) : Ops.Concat(0, [.. sizes.Parts(shape)]);
    }

    /// <summary>The places along an axis of a tensor: 0, 1, … as an int64 vector.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, counted from 0.</param>
    public static Variable Positions(Variable x, int axis) =>
        new Shaping.Range().Apply(Variable.Scalar(0, DType.Int64), Ops.Size(x.Shape[axis], DType.Int64, x), Variable.Scalar(1, DType.Int64));

    /// <summary>Symbolic dimensions one by one, the static ones between them as one constant.</summary>
    private IEnumerable<Variable> Parts(Shape shape)
    {
        for (int i = 0; i < shape.Rank; i++)
        {
            int first = i;
            while (i < shape.Rank && shape[i].IsStatic)
                i++;
            if (i > first)
                yield return Ops.Integers([.. shape.Take(i).Skip(first).Select(d => d.Number)]);
            if (i < shape.Rank)
                yield return Element(shape[i]);
        }
    }

    private Variable Element(Dim dim)
    {
        if (dim.IsStatic)
            return Ops.Integers(dim.Number);
        if (Carried(dim) is { } there)
            return there;
        return dim.Symbol is { } symbol
            ? Solved(new SymbolFactor(symbol)) ?? throw new ShapeException($"Expected a tensor in whose shape the size \"{symbol}\" occurs, found {string.Join(", ", carriers.Select(c => c.Type))}.")
            : dim.Terms.Select(Term).Aggregate((sum, term) => sum + term);
    }

    /// <summary>A size that is that of an axis; null if it is not.</summary>
    private Variable? Carried(Dim dim)
    {
        foreach (Variable carrier in carriers)
        {
            for (int axis = 0; axis < carrier.Shape.Rank; axis++)
            {
                if (carrier.Shape[axis] == dim)
                    return new ShapeOf(axis, axis + 1).Apply(carrier);
            }
        }

        return null;
    }

    /// <summary>A symbol, or a function of some, from a size that is a multiple of it and a number more.</summary>
    private Variable? Solved(DimFactor factor)
    {
        foreach (Variable carrier in carriers)
        {
            for (int axis = 0; axis < carrier.Shape.Rank; axis++)
            {
                DimTerm[] own = [.. carrier.Shape[axis].Terms.Where(term => term.Factors.Count > 0)];
                if (own is not [{ Factors: [var found], Coefficient: var coefficient }] || !found.Equals(factor))
                    continue;
                long more = carrier.Shape[axis].Terms.Where(term => term.Factors.Count == 0).Sum(term => term.Coefficient);
                return (new ShapeOf(axis, axis + 1).Apply(carrier) - Ops.Integers(more)) / Ops.Integers(coefficient);
            }
        }

        return null;
    }

    private Variable Term(DimTerm term)
    {
        IEnumerable<Variable> factors = term.Factors.Select(Factor);
        return (term.Coefficient == 1 && term.Factors.Count > 0 ? factors : factors.Prepend(Ops.Integers(term.Coefficient))).Aggregate((product, factor) => product * factor);
    }

    private Variable Factor(DimFactor factor) => Carried(Dim.Of(factor)) ?? Solved(factor) ?? factor switch
    {
        SymbolFactor { Symbol: var symbol } => Element(Dim.Of(symbol)),
        QuotientFactor quotient => Quotient(quotient),
        ChoiceFactor { Choice: DimChoice.Min } choice => Ops.Min(Element(choice.First), Element(choice.Second)),
        ChoiceFactor { Choice: DimChoice.Max } choice => Ops.Max(Element(choice.First), Element(choice.Second)),
        ChoiceFactor choice => Broadcast(Element(choice.First), Element(choice.Second)),
        _ => throw new ShapeException($"Expected a part of a size of a known kind, found {factor}."),
    };

    /// <summary>Division of integers truncates; below zero the remainder, which has the sign of the divisor, is taken off first.</summary>
    private Variable Quotient(QuotientFactor quotient)
    {
        (Variable dividend, Variable divisor) = (Element(quotient.Dividend), Element(quotient.Divisor));
        return quotient.Dividend.IsNeverNegative && quotient.Divisor.IsNeverNegative
            ? dividend / divisor
            : (dividend - new Mod().Apply(dividend, divisor)) / divisor;
    }

    private static Variable Broadcast(Variable first, Variable second) => Ops.Where(Ops.Equal(first, Ops.Integers(1)), second, first);
}
