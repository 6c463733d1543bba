using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>
/// (sin x)/x, (eˣ − 1)/x, ln(1 + x)/x and their like, or x over them, with the limit 1 filled in at 0 by a choice between the two: near 0 the first terms of its Taylor series. A choice cannot know that the number it has at 0
/// goes on smoothly, and near 0 the derivative of the quotient is a difference of great numbers. The argument may be a multiple of the variable that is compared with 0.
/// </summary>
internal sealed class FilledQuotient : Equivalent
{
    // Enough that what is left out, and two derivatives of it, are beneath the rounding of float64.
    private const int Terms = 20;

    private static readonly (Func<Variable, Sight, Variable?> Argument, double Radius, Func<double[]> Series)[] Known =
    [
        ((f, see) => Of<Sin>(f, see), 1, () => Coefficients(k => k % 2 == 0 ? Sign(k / 2) / Factorial(k + 1) : 0)),
        ((f, see) => Of<Sinh>(f, see), 1, () => Coefficients(k => k % 2 == 0 ? 1 / Factorial(k + 1) : 0)),
        ((f, see) => Of<ExpM1>(f, see) ?? Exponential(f, see), 1, () => Coefficients(k => 1 / Factorial(k + 1))),
        ((f, see) => Of<Log>(f, see) is { } sum ? OnePlus(sum, see) : null, 0.1, () => Coefficients(k => Sign(k) / (k + 1))),
        ((f, see) => Of<Atan>(f, see), 0.1, () => Coefficients(k => k % 2 == 0 ? Sign(k / 2) / (k + 1) : 0)),
        ((f, see) => Of<Tanh>(f, see), 0.1, () => Quotient(Coefficients(k => k % 2 == 0 ? 1 / Factorial(k + 1) : 0), Coefficients(k => k % 2 == 0 ? 1 / Factorial(k) : 0))),
        ((f, see) => Of<Tan>(f, see), 0.1, () => Quotient(Coefficients(k => k % 2 == 0 ? Sign(k / 2) / Factorial(k + 1) : 0), Coefficients(k => k % 2 == 0 ? Sign(k / 2) / Factorial(k) : 0))),
    ];

    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node, Sight see)
    {
        if (node.Operation is not Where || Point(node.Inputs[0], see) is not var (point, isFilled))
            return null;
        (Variable filling, Variable quotient) = isFilled ? (node.Inputs[1], node.Inputs[2]) : (node.Inputs[2], node.Inputs[1]);
        if (!see.IsOne(filling) || see.Producer(quotient) is not { Operation: Div } division || SeriesOf(division.Inputs[0], division.Inputs[1], see) is not var (x, radius, series, same) || !IsMultiple(x, point, see))
            return null;
        Variable near = series.Reverse().Aggregate(Variable.Scalar(0, x.DType), (sum, coefficient) => (sum * x) + coefficient);
        return (Ops.Where(Ops.Less(Ops.Abs(x), radius), near, same), [x]);
    }

    /// <summary>The x of x = 0 or x ≠ 0, and whether it is the first; null if a condition is something else.</summary>
    private static (Variable X, bool IsZero)? Point(Variable condition, Sight see) => condition.Producer switch
    {
        { Operation: Equal } equal when see.IsNumber(equal.Inputs[1], 0) => (equal.Inputs[0], true),
        { Operation: Equal } equal when see.IsNumber(equal.Inputs[0], 0) => (equal.Inputs[1], true),
        { Operation: Not } not when Point(not.Inputs[0], see) is var (x, isZero) => (x, !isZero),
        _ => null,
    };

    /// <summary>The argument, where its series is taken, the series, and the quotient as a function of the argument alone, which may be written twice.</summary>
    private static (Variable X, double Radius, double[] Series, Variable Same)? SeriesOf(Variable above, Variable below, Sight see)
    {
        foreach ((Func<Variable, Sight, Variable?> argument, double radius, Func<double[]> series) in Known)
        {
            if (argument(above, see) is { } x && see.IsSame(x, below))
                return (x, radius, series(), above / x);
            if (argument(below, see) is { } y && see.IsSame(y, above))
                return (y, Math.Min(radius, 0.1), Quotient([1, .. new double[Terms - 1]], series()), y / below);
        }

        return null;
    }

    private static bool IsMultiple(Variable x, Variable of, Sight see) => x == of || (x.Producer is { Operation: Mul } product
        && ((product.Inputs[0] == of && see.Constant(product.Inputs[1]) is { Count: 1 }) || (product.Inputs[1] == of && see.Constant(product.Inputs[0]) is { Count: 1 })));

    private static Variable? Of<T>(Variable f, Sight see)
        where T : Operation => see.Producer(f) is { Operation: T } node ? node.Inputs[0] : null;

    private static Variable? Exponential(Variable f, Sight see) => see.Producer(f) is { Operation: Sub } difference && see.IsOne(difference.Inputs[1]) ? Of<Exp>(difference.Inputs[0], see) : null;

    private static Variable? OnePlus(Variable sum, Sight see) => see.Producer(sum) is { Operation: Add } node ? see.IsOne(node.Inputs[0]) ? node.Inputs[1] : see.IsOne(node.Inputs[1]) ? node.Inputs[0] : null : null;

    private static double[] Coefficients(Func<int, double> coefficient) => [.. Enumerable.Range(0, Terms).Select(coefficient)];

    /// <summary>The series of a quotient of two, of which the second begins with 1.</summary>
    private static double[] Quotient(double[] above, double[] below)
    {
        double[] result = new double[Terms];
        for (int k = 0; k < Terms; k++)
            result[k] = above[k] - Enumerable.Range(0, k).Sum(i => result[i] * below[k - i]);
        return result;
    }

    private static double Sign(int k) => k % 2 == 0 ? 1 : -1;

    private static double Factorial(int k) => Enumerable.Range(1, k).Aggregate(1.0, (product, i) => product * i);
}
