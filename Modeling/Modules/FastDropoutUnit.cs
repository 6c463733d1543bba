namespace Toolkit.Modeling.Modules;

/// <summary>The function of a layer whose expectation under dropout is known.</summary>
public enum FastDropoutUnit
{
    /// <summary>max(0, u): the expectation is μΦ(μ/s) + sφ(μ/s), exactly.</summary>
    Rectifier,

    /// <summary>σ(u): the expectation is about σ(μ/√(1 + πs²/8)), off by at most 0.015 to 0.02.</summary>
    Sigmoid,

    /// <summary>Logits of a softmax or sigmoid output, handed on as means: the loss of their distribution is taken by
    /// <see cref="Toolkit.Modeling.Regularizers.FastDropoutPenalty"/>.</summary>
    Logit,
}
