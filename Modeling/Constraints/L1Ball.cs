using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Constraints;

/// <summary>
/// Keeps Σ|w| of each weight tensor at most <paramref name="Limit"/>: the nearest point of the ball, sign(w)·max(|w| − θ, 0) with the θ for which the sum
/// is the limit. Some weights become exactly 0. Source: book section 7.2 with Ω = ‖w‖₁; θ by Michelot's method, "A finite algorithm for finding the
/// projection of a point onto the canonical simplex", 1986.
/// </summary>
/// <remarks>θ is exact after as many rounds as the set of non-zero weights shrinks; 32 rounds are taken, which seldom are too few, and then
/// leave the point just outside.</remarks>
/// <param name="Limit">The greatest sum, above 0.</param>
public sealed record L1Ball(double Limit) : Constraint
{
    /// <summary>The greatest sum, above 0.</summary>
    public double Limit { get; init => field = Settings.Positive(value); } = Settings.Positive(Limit);

    private const int Rounds = 32;

    /// <inheritdoc/>
    public override Variable Project(Variable newValue, Parameter parameter)
    {
        Variable size = newValue.Abs();
        Variable threshold = Ops.Max((size.Sum() - Limit) / (double)newValue.Shape.ElementCount.Size, 0.0);
        for (int round = 0; round < Rounds; round++)
        {
            Variable active = Ops.Greater(size, threshold).Cast(newValue.DType);
            threshold = Ops.Max(((active * size).Sum() - Limit) / Ops.Max(active.Sum(), 1.0), threshold);
        }

        return newValue.Sign() * Ops.Max(size - threshold, 0.0);
    }
}
