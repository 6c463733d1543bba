using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Optimizers;

/// <summary>AdaGrad: r ← r + g², θ ← θ − ε·g / (δ + √r). Source: book algorithm 8.4; Duchi, Hazan, Singer 2011.</summary>
public sealed record AdaGrad : Optimizer
{
    /// <summary>The learning rate ε; 0.01 by default.</summary>
    public Schedule LearningRate { get; init; } = 0.01;

    /// <summary>δ: keeps the division harmless; 10⁻⁷ by default.</summary>
    public double Stabilizer { get; init => field = Settings.Positive(value); } = 1e-7;

    /// <inheritdoc/>
    public override Variable Rate(OptimizerState state) => state.RateOf(LearningRate);

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state)
    {
        Variable stabilizer = Ops.Hyperparameter("stabilizer", Stabilizer);
        var updates = new List<Update>();
        foreach ((Parameter parameter, Variable gradient) in gradients)
        {
            Parameter squares = state.Moment(parameter, "squares");
            Variable next = squares + gradient.Square();
            updates.Add(new Update(squares, next));
            updates.Add(new Update(
                parameter, parameter - (Rate(LearningRate, state, parameter) * gradient / (next.Sqrt() + stabilizer.Cast(parameter.DType)))));
        }

        return updates;
    }
}
