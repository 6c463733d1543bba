using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// −ln P(y | x) − λ·ln p(x) for a model that gives ln p(x, y) for each class y: the discriminative and the generative criterion of one set of parameters, traded
/// off by λ. Examples without a label (−1) count for ln p(x) only, so they teach the shared parameters where examples lie. λ = 0 is the conditional likelihood,
/// λ = 1 the joint one, −ln p(x, y). Source: book section 7.6; Lasserre, Bishop, Minka 2006; Larochelle, Bengio 2008.
/// </summary>
/// <remarks>
/// Prediction: z = ln p(x, y), [batch, classes], such as that of a <see cref="Toolkit.Modeling.Modules.MixtureClassifier"/>; ln p(x) is ln Σ e^z, and softmax(z) is
/// P(y | x). Target: labels, int64 [batch], −1 for none. As in <see cref="LabelledOnly"/> the first term is the mean over labelled examples. With λ above 0 the
/// value is no probability of labels, and may be negative: densities have no upper bound.
/// </remarks>
/// <param name="Strength">λ, at least 0.</param>
public sealed record GenerativeDiscriminative(double Strength) : ComposedLoss
{
    /// <summary>λ, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override bool ReadsClassLogits => true;

    /// <inheritdoc/>
    public override bool TakesUnlabelled => true;

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Terms(Variable prediction, Variable target)
    {
        Targets.Classes(nameof(GenerativeDiscriminative), prediction, target);
        var generative = new LossTerm(-Strength * LogSum.OfExponentials(prediction, 1));
        return [.. new LabelledOnly(new SoftmaxCrossEntropy()).Terms(prediction, target), generative];
    }
}
