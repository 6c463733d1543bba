using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Optimizers;

/// <summary>RMSProp: r ← ρr + (1 − ρ)g², θ ← θ − ε·g / √(δ + r). Source: book algorithm 8.5; Hinton 2012.</summary>
public sealed record RmsProp : Optimizer
{
    /// <summary>The learning rate ε; 0.001 by default.</summary>
    public Schedule LearningRate { get; init; } = 0.001;

    /// <summary>ρ: the share of the mean square that is kept; 0.9 by default.</summary>
    public double Decay { get; init => field = Settings.Rate(value); } = 0.9;

    /// <summary>δ: keeps the division harmless; 10⁻⁶ by default.</summary>
    public double Stabilizer { get; init => field = Settings.Positive(value); } = 1e-6;

    /// <inheritdoc/>
    public override Variable Rate(OptimizerState state) => state.RateOf(LearningRate);

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state)
    {
        Variable decay = Ops.Hyperparameter("decay", Decay), stabilizer = Ops.Hyperparameter("stabilizer", Stabilizer);
        var updates = new List<Update>();
        foreach ((Parameter parameter, Variable gradient) in gradients)
        {
            Parameter squares = state.Moment(parameter, "squares");
            Variable next = Mean(decay, squares, gradient.Square());
            updates.Add(new Update(squares, next));
            updates.Add(new Update(
                parameter, parameter - (Rate(LearningRate, state, parameter) * gradient / (next + stabilizer.Cast(parameter.DType)).Sqrt())));
        }

        return updates;
    }
}
