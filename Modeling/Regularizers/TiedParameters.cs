using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Regularizers;

/// <summary>Strength·‖w⁽ᴬ⁾ − w⁽ᴮ⁾‖²: draws two parameters of one shape toward each other. To share a parameter outright, use one module in both places.
/// Source: book section 7.9.</summary>
/// <param name="Strength">α, at least 0.</param>
/// <param name="First">The name of w⁽ᴬ⁾, such as "dense1.weight".</param>
/// <param name="Second">The name of w⁽ᴮ⁾.</param>
public sealed record TiedParameters(double Strength, string First, string Second) : Regularizer
{
    /// <summary>α, at least 0.</summary>
    public double Strength { get; init => field = Settings.NotNegative(value); } = Settings.NotNegative(Strength);

    /// <inheritdoc/>
    public override Variable Penalty(Objective objective)
    {
        Weights.CheckNames(objective, [First, Second]);
        Parameter first = objective.Parameters.Single(p => p.Name == First), second = objective.Parameters.Single(p => p.Name == Second);
        if (ReferenceEquals(first, second))
            throw new GraphException($"{nameof(TiedParameters)} expects two parameters, found \"{First}\" twice.");
        if (first.Shape != second.Shape)
            throw new ShapeException($"{nameof(TiedParameters)} expects two parameters of one shape, found {first} and {second}.");
        return Strength * (first.Variable - second.Variable).Square().Sum();
    }
}
