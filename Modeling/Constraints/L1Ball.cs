using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Constraints;

/// <summary>
/// Keeps Σ|w| of each weight tensor at most <paramref name="Limit"/>: the nearest point of the ball, sign(w)·max(|w| − θ, 0) with the θ for which the sum
/// is the limit. Some weights become exactly 0. Source: book section 7.2 with Ω = ‖w‖₁; θ by Michelot's method, "A finite algorithm for finding the
/// projection of a point onto the canonical simplex", 1986.
/// </summary>
/// <remarks>A round is a step of Newton's method on the convex, piecewise linear Σmax(|w| − θ, 0) − Limit, whose value f and slope −n satisfy f₊/f + n₊/n ≤ 1: n·f falls to a quarter in each.
/// So the rounds that are taken, log₂ of the number of weights and half the bits of a number, leave nothing but rounding (Dinkelbach 1967).</remarks>
/// <param name="Limit">The greatest sum, above 0.</param>
public sealed record L1Ball(double Limit) : Constraint
{
    /// <summary>The greatest sum, above 0.</summary>
    public double Limit { get; init => field = Settings.Positive(value); } = Settings.Positive(Limit);

    /// <inheritdoc/>
    public override Variable Project(Variable newValue, Parameter parameter)
    {
        // In units of the greatest weight, so that sums of great ones do not overflow.
        (Variable unit, Variable greatest) = Norms.Scaled(newValue, Norms.AllAxes(newValue));
        Variable size = unit.Abs(), limit = Limit / greatest;
        Variable threshold = Ops.Max((size.Sum() - limit) / (double)newValue.Shape.ElementCount.Size, 0.0);
        // From n·f = n² at most, in units of the greatest weight, to less than the last bit.
        int rounds = (int)Math.Log2(newValue.Shape.ElementCount.Size) + (newValue.DType == DType.Float64 ? 26 : 12) + 3;
        (IReadOnlyList<Variable> last, _) = Ops.Scan([threshold], [Variable.Of(Value.Of(new long[rounds], rounds))], (before, _) =>
        {
            (Variable sum, Variable count) = Active(size, before[0]);
            // The greatest weight is 1 and stays, whatever rounding does.
            return ([Ops.Min(Ops.Max((sum - limit) / count, before[0]), 1.0)], []);
        });
        threshold = last[0];

        // |w| − θ as the distance from the mean of the weights that stay, and their share of the limit: a small limit is not lost beside great weights.
        (Variable total, Variable kept) = Active(size, threshold);
        Variable rest = ((size - (total / kept)) * greatest) + (Limit / kept);
        return Ops.Where(Ops.Greater(threshold, 0.0), newValue.Sign() * Ops.Max(rest, 0.0), newValue);
    }

    /// <summary>The sum and the number of the weights that stay.</summary>
    private static (Variable Sum, Variable Count) Active(Variable size, Variable threshold)
    {
        Variable active = Ops.GreaterOrEqual(size, threshold).Cast(size.DType);
        return ((active * size).Sum(), active.Sum());
    }
}
