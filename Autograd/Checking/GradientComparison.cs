using System.Globalization;

namespace Toolkit.Autograd.Checking;

/// <summary>A derivative in a direction beside the central difference.</summary>
/// <param name="Order">1 for a derivative of the function, 2 for one of its gradient, and so on.</param>
/// <param name="Direction">The direction: an element of an input, or random over all inputs.</param>
/// <param name="Derivative">What the graph gives.</param>
/// <param name="Difference">(f(x + hv) − f(x − hv))/2h, or the difference of the fourth order (<see cref="GradientCheck.Step"/>); null where the differences to either side do not agree, as at a kink, or rounding hides them.</param>
/// <param name="Allowed">How far the two may lie apart.</param>
public sealed record GradientComparison(int Order, string Direction, double Derivative, double? Difference, double Allowed)
{
    /// <summary>Whether there is a difference to compare with, and the derivative is close to it.</summary>
    public bool Agrees => Difference is { } difference && Math.Abs(Derivative - difference) <= Allowed;

    /// <inheritdoc/>
    public override string ToString() => Difference is { } difference
        ? string.Create(CultureInfo.InvariantCulture, $"Order {Order}, {Direction}: expected {difference:R}, the central difference, within {Allowed:E1}; found {Derivative:R}.")
        : string.Create(CultureInfo.InvariantCulture, $"Order {Order}, {Direction}: expected a smooth function, found differences to either side that do not agree; the graph gives {Derivative:R}.");
}
