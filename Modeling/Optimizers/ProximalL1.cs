using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Optimizers;

/// <summary>
/// L1 regularization by proximal steps: after the step of another optimizer each weight w becomes sign(w)·max(|w| − ε·Strength, 0), ε the learning rate
/// of that optimizer. Its limit is the minimum of J + Strength·Σ|w| with exact zeros, which a penalty under gradient descent does not give. Source:
/// book section 7.1.2, equation 7.23; Daubechies, Defrise, De Mol 2004 (iterative soft thresholding, for plain descent).
/// </summary>
/// <param name="Strength">α, at least 0.</param>
/// <param name="Inner">The optimizer that takes the step; the threshold is exact for <see cref="Sgd"/>.</param>
public sealed record ProximalL1(double Strength, Optimizer Inner) : Optimizer
{
    /// <summary>α, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override Variable Rate(OptimizerState state) => Inner.Rate(state);

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state)
    {
        for (Optimizer? inner = Inner; inner is not null; inner = inner switch { ClipByNorm clip => clip.Inner, ClipByValue clip => clip.Inner, _ => null })
        {
            if (inner is Averaged)
            {
                throw new GraphException(
                    $"Expected {nameof(Averaged)} around {nameof(ProximalL1)}, found it inside: it would average weights before they are shrunken. Write " +
                    $"new {nameof(Averaged)}(decay, new {nameof(ProximalL1)}(strength, …)).");
            }
        }

        Variable threshold = Rate(state) * Ops.Hyperparameter("proximal_l1", Strength);
        return [.. Inner.Updates(gradients, state).Select(Shrunk)];

        Update Shrunk(Update update) => update.Parameter.Role == ParameterRole.Weight
            ? update with { NewValue = update.NewValue.Sign() * Ops.Max(update.NewValue.Abs() - threshold.Cast(update.Parameter.DType), 0.0) }
            : update;
    }
}
