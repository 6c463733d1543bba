using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Regularizers;

/// <summary>
/// What dropout adds to the cross-entropy of a last <see cref="Toolkit.Modeling.Modules.FastDropout"/> layer of logits z: the mean over masks of log Σ exp z,
/// less its value at the mean logits; a mean over the batch. With it the objective is the mean loss over masks, as in dropout, and not the loss of the mean
/// network; since log Σ exp is convex it is at least 0, and labels play no part in it. Source: book section 7.12; Wager, Wang, Liang, "Dropout training as
/// adaptive regularization", 2013, equation 6; Wang, Manning, "Fast dropout training", 2013.
/// </summary>
/// <remarks>For z_c ~ N(μ_c, s_c²): log Σ exp z = z_c + ζ(−m) with the margin m of class c over the others, itself about normal, and E ζ(−m) ≈ ζ(−κμ_m)/κ with
/// κ = 1/√(1 + πs_m²/8), the integral of MacKay's approximation. Every class is taken for c in turn, weighted by its probability. Logits count as
/// independent.</remarks>
/// <param name="Layer">The full name of the layer, "" where it is the whole model; its result is [batch, classes], or [batch, 1] for a logit against 0.</param>
public sealed record FastDropoutPenalty(string Layer) : Regularizer
{
    // Adds nothing to what is left out of a sum of exponentials, and stays finite.
    private const double Never = -1e30;

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Variable mean = objective.HiddenOf(Layer), variance = objective.HiddenOf(FastDropout.VarianceOf(Layer));
        return objective.Mean(MeanLogPartition(mean, variance) - LogPartition(Against(mean)));
    }

    /// <summary>E log Σ exp z for independent z_c ~ N(μ_c, s_c²), for each example; of a single logit, E ζ(z).</summary>
    /// <param name="mean">μ, of shape [batch, classes], the number of classes static.</param>
    /// <param name="variance">s², at least 0, of μ's shape.</param>
    public static Variable MeanLogPartition(Variable mean, Variable variance)
    {
        if (mean.Shape.Rank != 2 || !mean.Shape[1].IsStatic)
            throw new ShapeException($"{nameof(FastDropoutPenalty)} expects logits of shape [batch, classes], found {mean.Shape}.");
        (mean, variance) = (Against(mean), Against(variance));
        int classes = mean.Shape[1].Size;
        Variable others = mean.Reshape([mean.Shape[0], 1, classes]) + Diagonal(classes, mean.DType);
        Variable share = others.Softmax(), spread = variance.Reshape([mean.Shape[0], 1, classes]);
        Variable margin = mean - (LogPartition(others) + (0.5 * (share * (1.0 - share) * spread).Sum([2])));
        Variable widening = (1.0 + (Math.PI / 8.0 * (variance + (share.Square() * spread).Sum([2])))).Sqrt();
        return (mean.Softmax() * (mean + (widening * (-margin / widening).Softplus()))).Sum([1]);
    }

    /// <summary>A single logit is one against 0.</summary>
    private static Variable Against(Variable logits) => logits.Shape[1] == 1 ? Ops.Concat(1, 0.0 * logits, logits) : logits;

    /// <summary>log Σ exp z: every z_c − log p_c is it, weighted by p_c, so that what is left out plays no part.</summary>
    private static Variable LogPartition(Variable logits) => Probabilities.Times(logits.Softmax(), logits - logits.LogSoftmax()).Sum([logits.Shape.Rank - 1]);

    private static Variable Diagonal(int classes, DType type)
    {
        double[] cells = [.. Enumerable.Range(0, classes * classes).Select(i => i % (classes + 1) == 0 ? Never : 0.0)];
        return Variable.Of(Value.Of(cells, 1, classes, classes)).Cast(type);
    }
}
