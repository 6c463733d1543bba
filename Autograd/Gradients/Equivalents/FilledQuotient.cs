using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;

namespace Toolkit.Autograd.Gradients.Equivalents;

/// <summary>
/// (sin x)/x and (eˣ − 1)/x with the limit 1 filled in at 0, by a choice between the two: near 0 the first terms of its Taylor series. A choice cannot know that the number it has at 0 goes on smoothly, and near 0 the
/// derivative of the quotient is a difference of great numbers.
/// </summary>
internal sealed class FilledQuotient : Equivalent
{
    // Enough that what is left out below 1, and two derivatives of it, are beneath the rounding of float64.
    private const int Terms = 20;

    private static readonly double[] OfSine = [.. Coefficients((k, inverse) => (k % 4) switch { 0 => inverse, 2 => -inverse, _ => 0 })];

    private static readonly double[] OfExponential = [.. Coefficients((_, inverse) => inverse)];

    protected override (Variable Same, IReadOnlyList<Variable> Behind)? Match(Node node)
    {
        if (node.Operation is not Where || Point(node.Inputs[0]) is not var (x, isFilled))
            return null;
        (Variable filling, Variable quotient) = isFilled ? (node.Inputs[1], node.Inputs[2]) : (node.Inputs[2], node.Inputs[1]);
        if (!IsOne(filling) || quotient.Producer is not { Operation: Div } division || division.Inputs[1] != x || SeriesOf(division.Inputs[0], x) is not { } series)
            return null;
        Variable near = series.Reverse().Aggregate(Variable.Scalar(0, x.DType), (sum, coefficient) => (sum * x) + coefficient);
        return (Ops.Where(Ops.Less(Ops.Abs(x), 1), near, quotient), [x]);
    }

    /// <summary>The x of x = 0 or x ≠ 0, and whether it is the first; null if a condition is something else.</summary>
    private static (Variable X, bool IsZero)? Point(Variable condition) => condition.Producer switch
    {
        { Operation: Equal } equal when IsZero(equal.Inputs[1]) => (equal.Inputs[0], true),
        { Operation: Equal } equal when IsZero(equal.Inputs[0]) => (equal.Inputs[1], true),
        { Operation: Not } not when Point(not.Inputs[0]) is var (x, isZero) => (x, !isZero),
        _ => null,
    };

    private static double[]? SeriesOf(Variable numerator, Variable x) => numerator.Producer switch
    {
        { Operation: Sin } sine when sine.Inputs[0] == x => OfSine,
        { Operation: ExpM1 } power when power.Inputs[0] == x => OfExponential,
        { Operation: Sub } difference when IsOne(difference.Inputs[1]) && difference.Inputs[0].Producer is { Operation: Exp } power && power.Inputs[0] == x => OfExponential,
        _ => null,
    };

    /// <summary>A coefficient for each power of x, of which each is given 1/(k + 1)!.</summary>
    private static IEnumerable<double> Coefficients(Func<int, double, double> coefficient)
    {
        double inverse = 1;
        for (int k = 0; k < Terms; k++)
            yield return coefficient(k, inverse /= k + 1);
    }

    private static bool IsZero(Variable variable) => variable.Constant is { Count: 1 } number && number[0] == 0;
}
