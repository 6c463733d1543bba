using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Optimizers;

/// <summary>
/// Shortens gradients that are too long before another optimizer sees them: g ← g·Limit / ‖g‖ if ‖g‖ &gt; Limit, where ‖g‖ is the length of
/// the gradients of all parameters together. Source: book section 10.11.1, equations 10.48 and 10.49; Pascanu, Mikolov, Bengio 2012.
/// </summary>
/// <param name="Limit">The greatest length, above 0.</param>
/// <param name="Inner">The optimizer that gets the gradients.</param>
public sealed record ClipByNorm(double Limit, Optimizer Inner) : Optimizer
{
    /// <summary>The greatest length, above 0.</summary>
    public double Limit { get; init => field = Settings.Positive(value); } = Settings.Positive(Limit);

    /// <inheritdoc/>
    public override Variable Rate(OptimizerState state) => Inner.Rate(state);

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(IReadOnlyList<ParameterGradient> gradients, OptimizerState state)
    {
        IReadOnlyList<Variable> shortened = Norms.Shortened([.. gradients.Select(g => g.Gradient)], Ops.Hyperparameter("clip_norm", Limit));
        return Inner.Updates([.. gradients.Select((g, i) => g with { Gradient = shortened[i] })], state);
    }
}
