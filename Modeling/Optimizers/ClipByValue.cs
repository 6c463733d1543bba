using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Optimizers;

/// <summary>Restricts each element of the gradients to [−Limit, Limit] before another optimizer sees them. Unlike <see cref="ClipByNorm"/> it can change
/// their direction. Source: book section 10.11.1; Mikolov 2012.</summary>
/// <param name="Limit">The greatest size of an element, above 0.</param>
/// <param name="Inner">The optimizer that gets the gradients.</param>
public sealed record ClipByValue(double Limit, Optimizer Inner) : Optimizer
{
    /// <summary>The greatest size of an element, above 0.</summary>
    public double Limit { get; init => field = Settings.Positive(value); } = Settings.Positive(Limit);

    /// <inheritdoc/>
    public override Variable Rate(OptimizerState state) => Inner.Rate(state);

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state)
    {
        Variable limit = Ops.Hyperparameter("clip_value", Limit);
        return Inner.Updates([.. gradients.Select(g => g with { Gradient = Clipped(g.Gradient, limit.Cast(g.Gradient.DType)) })], state);

        static Variable Clipped(Variable gradient, Variable limit) => Ops.Min(Ops.Max(gradient, -limit), limit);
    }
}
