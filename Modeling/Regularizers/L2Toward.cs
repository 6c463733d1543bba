using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Regularizers;

/// <summary>½·Strength·Σ (w − w⁽ᵒ⁾)²: draws weights toward a point other than 0, by default the one they began with. Source: book section 7.1.1, "we could
/// regularize the parameters to be near any specific point in space".</summary>
/// <param name="Strength">α, at least 0.</param>
public sealed record L2Toward(double Strength) : Regularizer
{
    /// <summary>α, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <summary>w⁽ᵒ⁾ by the names of the parameters; weights that are not there are drawn to their initial values. Copied; empty by default.</summary>
    public IReadOnlyDictionary<string, Value> Points
    {
        get;
        init => field = value.ToDictionary(pair => pair.Key, pair => pair.Value.Clone(), StringComparer.Ordinal);
    } = new Dictionary<string, Value>();

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Weights.CheckNames(objective, Points.Keys);
        return 0.5 * Strength * Weights.Sum(objective, null, parameter =>
        {
            Value point = Points.TryGetValue(parameter.Name, out Value? given) ? given : parameter.Initial;
            if (point.Shape != parameter.Shape)
                throw new ShapeException($"{nameof(L2Toward)} expects a point of shape {parameter.Shape} for \"{parameter.Name}\", found {point.Shape}.");
            return (parameter.Variable - Variable.Of(point)).Square().Sum();
        });
    }
}
