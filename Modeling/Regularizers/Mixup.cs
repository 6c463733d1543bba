using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// Mixup: training on mixtures x̃ = λx + (1 − λ)x′ of two examples of the batch, with the loss λ·J(x̃, y) + (1 − λ)·J(x̃, y′); λ is drawn from Beta(α, α) for each
/// batch, x′ with replacement, each example in proportion to its weight. The term added here is that loss minus J, so it stands in the place of the clean one. Source: Zhang et al., "mixup: beyond empirical risk
/// minimization", 2018; a kind of augmentation (book section 7.4) with soft targets (7.5.1).
/// </summary>
/// <param name="Alpha">α, above 0 and at most 1: small values leave most examples almost as they are, 1 makes λ uniform.</param>
public sealed record Mixup(double Alpha) : Regularizer
{
    /// <summary>α, above 0 and at most 1.</summary>
    public double Alpha { get; init => field = Settings.PositiveShare(value); } = Settings.PositiveShare(Alpha);

    // Jöhnk's method accepts with a probability of at least ½: that none of 64 draws is accepted does not happen.
    private const int Draws = 64;

    /// <summary>Selects the random numbers; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>The share of the mixed examples in the objective, between 0 and 1; 1 by default.</summary>
    public double Share { get; init => field = Settings.Share(value); } = 1.0;

    /// <inheritdoc/>
    public override double ReplacedShare => Share;

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Variable x = objective.Input, y = objective.Target;
        if (y.DType != DType.Int64)
        {
            throw new GraphException(
                $"{nameof(Mixup)} expects class labels (int64), found targets {y.Type}: between two examples far apart a regression need not be straight, so mixtures would teach " +
                "what the data contradict.");
        }

        RandomStream stream = objective.Random(nameof(Mixup), Seed);
        Variable partner = Partners(stream, x, objective.Weight);
        Variable share = Mixture(stream.Fork(1), x.DType);
        Variable mixed = ((share * x) + ((1.0 - share) * x.Gather(partner))).StopGradient();
        Variable loss = (share * objective.LossAt(mixed, y)) + ((1.0 - share) * objective.LossAt(mixed, y.Gather(partner)));
        return Share * (loss - objective.Loss);
    }

    /// <summary>The number of x′ for each example. With weights, each draws the j with the greatest ln(u)/wⱼ, which is j with the probability wⱼ/Σ w. Source: Efraimidis,
    /// Spirakis, "Weighted random sampling with a reservoir", 2006.</summary>
    private static Variable Partners(RandomStream stream, Variable x, Variable? weight)
    {
        (Dim batch, DType type) = (x.Shape[0], x.DType);
        if (weight is null)
        {
            Variable count = Ops.Size(batch, type, x);
            return Ops.Min(stream.Uniform([batch], type, x) * count, count - 1.0).Cast(DType.Int64);
        }

        Variable w = WeightedMean.Scaled(weight, type).Reshape([1, batch]);
        Variable keys = (1.0 - stream.Uniform([batch, batch], type, x)).Log() / Ops.Where(Ops.Greater(w, 0.0), w, 1.0);
        return Ops.Where(Ops.Greater(w, 0.0), keys, double.NegativeInfinity).ArgMax(1);
    }

    /// <summary>λ ~ Beta(α, α), a scalar: a/(a + b) with a = u^(1/α), b = v^(1/α), given that a + b ≤ 1. Source: Jöhnk 1964.</summary>
    internal Variable Mixture(RandomStream stream, DType type)
    {
        // Logarithms, because a power of a small α vanishes.
        Variable a = (1.0 - stream.Uniform([Draws], type)).Log() / Alpha, b = (1.0 - stream.Fork(1).Uniform([Draws], type)).Log() / Alpha;
        Variable fits = Ops.GreaterOrEqual(Variable.Scalar(1.0, type), a.Exp() + b.Exp()).Cast(type);
        return (a - b).Sigmoid().Gather(fits.ArgMax(0));
    }
}
