using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Optimizers;

/// <summary>
/// Adam: s ← ρ₁s + (1 − ρ₁)g, r ← ρ₂r + (1 − ρ₂)g², θ ← θ − ε·ŝ / (√r̂ + δ), with ŝ = s / (1 − ρ₁ᵗ) and r̂ = r / (1 − ρ₂ᵗ) for step t, from
/// 1. Source: book algorithm 8.7; Kingma, Ba, "Adam: a method for stochastic optimization", 2014.
/// </summary>
public sealed record Adam : Optimizer
{
    /// <summary>The learning rate ε; 0.001 by default.</summary>
    public Schedule LearningRate { get; init; } = 0.001;

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
        // The corrections are scalars, the same for all parameters; float64 keeps 1 − ρ₂ᵗ exact enough at the first steps.
        Variable firstDecay = Ops.Hyperparameter("first_decay", FirstDecay), secondDecay = Ops.Hyperparameter("second_decay", SecondDecay);
        Variable stabilizer = Ops.Hyperparameter("stabilizer", Stabilizer);
        Variable t = Ops.Add(state.Step, Variable.Scalar(1, DType.Int64)).Cast(DType.Float64);
        Variable rate = state.RateOf(LearningRate) / Correction(firstDecay, t);
        Variable scale = 1.0 / Correction(secondDecay, t).Sqrt();
        var updates = new List<Update>();
        foreach ((Parameter parameter, Variable gradient) in gradients)
        {
            Parameter first = state.Moment(parameter, "first"), second = state.Moment(parameter, "second");
            Variable nextFirst = Mean(firstDecay, first, gradient), nextSecond = Mean(secondDecay, second, gradient.Square());
            updates.Add(new Update(first, nextFirst));
            updates.Add(new Update(second, nextSecond));
            Variable width = (nextSecond.Sqrt() * scale.Cast(parameter.DType)) + stabilizer.Cast(parameter.DType);
            updates.Add(new Update(parameter, parameter - (rate.Cast(parameter.DType) * nextFirst / width)));
        }

        return updates;

        static Variable Correction(Variable decay, Variable t) => 1.0 - Ops.Pow(decay, t);
    }
}
