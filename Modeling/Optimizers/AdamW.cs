using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Optimizers;

/// <summary>
/// Adam with weight decay beside the gradient instead of in it: θ ← θ − ε·(Adam's step + αθ), the decay for weights only. With Adam, unlike plain descent
/// (book equation 7.5), a penalty ½α‖w‖² and a decay of the weights are not the same. Source: Loshchilov, Hutter, "Decoupled weight decay
/// regularization", 2017; book algorithm 8.7.
/// </summary>
public sealed record AdamW : Optimizer
{
    /// <summary>The learning rate ε; 0.001 by default.</summary>
    public Schedule LearningRate { get; init; } = 0.001;

    /// <summary>α, at least 0; 0.01 by default.</summary>
    public double WeightDecay { get; init => field = Settings.NotNegative(value); } = 0.01;

    /// <summary>ρ₁: the share of the mean gradient that is kept; 0.9 by default.</summary>
    public double FirstDecay { get; init => field = Settings.Rate(value); } = 0.9;

    /// <summary>ρ₂: the share of the mean square that is kept; 0.999 by default.</summary>
    public double SecondDecay { get; init => field = Settings.Rate(value); } = 0.999;

    /// <summary>δ: keeps the division harmless; 10⁻⁸ by default.</summary>
    public double Stabilizer { get; init => field = Settings.Positive(value); } = 1e-8;

    /// <inheritdoc/>
    public override Variable Rate(OptimizerState state) => state.RateOf(LearningRate);

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state)
    {
        Variable weightDecay = Ops.Hyperparameter("weight_decay", WeightDecay);
        var adam = new Adam
        {
            LearningRate = LearningRate,
            FirstDecay = FirstDecay,
            SecondDecay = SecondDecay,
            Stabilizer = Stabilizer,
        };
        return [.. adam.Updates(gradients, state).Select(Decayed)];

        Update Decayed(Update update) => update.Parameter.Role == ParameterRole.Weight
            ? update with { NewValue = update.NewValue - (Rate(LearningRate, state, update.Parameter) * weightDecay.Cast(update.Parameter.DType) * update.Parameter) }
            : update;
    }
}
