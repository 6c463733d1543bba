using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Optimizers;

/// <summary>
/// Keeps an average of the parameters along the way of another optimizer, θ̂ ← αθ̂ + (1 − α)θ, which changes nothing about the training. The average begins
/// with the first step's parameters, and is of parameters after their projection onto constraints. <see cref="Swap"/> puts it into the model. Source: book section
/// 8.7.3, equation 8.39; Polyak, Juditsky 1992.
/// </summary>
/// <remarks>State that layers keep, such as the running statistics of batch normalization, is not averaged: it stays that of the steps. With early stopping the
/// averages are those of the best step. An average of points is within a convex set, such as a ball, that all of them are in.</remarks>
/// <param name="Decay">α, at least 0 and below 1.</param>
/// <param name="Inner">The optimizer that takes the steps.</param>
public sealed record Averaged(double Decay, Optimizer Inner) : Optimizer
{
    /// <summary>α, at least 0 and below 1.</summary>
    public double Decay { get; init => field = Settings.Rate(value); } = Settings.Rate(Decay);

    private const string Moment = "average";

    /// <inheritdoc/>
    public override Variable Rate(OptimizerState state) => Inner.Rate(state);

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state)
    {
        Variable decay = Ops.Hyperparameter("average_decay", Decay);
        var updates = new List<Update>(Inner.Updates(gradients, state));
        var learned = new HashSet<Parameter>(gradients.Select(g => g.Parameter), ReferenceEqualityComparer.Instance);
        Variable first = Ops.Equal(state.Step, Variable.Scalar(0, DType.Int64));
        foreach (Update update in updates.Where(update => learned.Contains(update.Parameter)).ToArray())
        {
            Parameter average = state.Moment(update.Parameter, Moment);
            Variable point = state.Projection(update);
            Variable next = Mean(decay, average, point);
            updates.Add(new Update(average, Ops.Where(first, point, next)));
        }

        return updates;
    }

    /// <summary>Exchanges the parameters of a model with their averages; called again, it exchanges them back, as training should go on with the
    /// parameters themselves.</summary>
    /// <param name="parameters">Everything that training changes: <see cref="Toolkit.Modeling.Training.Trainer.Parameters"/>.</param>
    /// <exception cref="ArgumentException">There are no averages among the parameters.</exception>
    public static void Swap(IReadOnlyList<Parameter> parameters)
    {
        var byName = parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        bool any = false;
        foreach (Parameter parameter in parameters)
        {
            if (byName.TryGetValue($"optimizer.{Moment}.{parameter.Name}", out Parameter? average))
            {
                any = true;
                Value kept = parameter.Value.Clone();
                parameter.Value = average.Value;
                average.Value = kept;
            }
        }

        if (!any)
            throw new ArgumentException($"Expected parameters of a training with the optimizer {nameof(Averaged)}, found no averages.", nameof(parameters));
    }
}
