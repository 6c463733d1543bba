using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>An activation of a recurrent operator, as the standard names it.</summary>
/// <remarks>
/// <c>Relu</c> max(x, 0); <c>Tanh</c>; <c>Sigmoid</c>; <c>Affine</c> αx + β; <c>LeakyRelu</c> x where x ≥ 0, else αx; <c>ThresholdedRelu</c> x where x ≥ α, else 0;
/// <c>ScaledTanh</c> α·tanh(βx); <c>HardSigmoid</c> min(max(αx + β, 0), 1); <c>Elu</c> x where x ≥ 0, else α(eˣ − 1); <c>Softsign</c> x / (1 + |x|);
/// <c>Softplus</c> log(1 + eˣ). Where α or β are not given they have the default of the standard's operator of that name (1 and 0 for <c>Affine</c> and 1 for
/// <c>ScaledTanh</c>, which the standard leaves open and ONNX Runtime takes so).
/// </remarks>
/// <param name="Name">The name.</param>
/// <param name="Alpha">α, for the activations that have one.</param>
/// <param name="Beta">β, for the activations that have one.</param>
public sealed record RecurrentActivation(string Name, float Alpha, float Beta)
{
    private static readonly IReadOnlyDictionary<string, (float? Alpha, float? Beta)> Defaults = new Dictionary<string, (float? Alpha, float? Beta)>(StringComparer.Ordinal)
    {
        ["Relu"] = (null, null),
        ["Tanh"] = (null, null),
        ["Sigmoid"] = (null, null),
        ["Affine"] = (1, 0),
        ["LeakyRelu"] = (0.01f, null),
        ["ThresholdedRelu"] = (1, null),
        ["ScaledTanh"] = (1, 1),
        ["HardSigmoid"] = (0.2f, 0.5f),
        ["Elu"] = (1, null),
        ["Softsign"] = (null, null),
        ["Softplus"] = (null, null),
    };

    /// <summary>An activation of the standard.</summary>
    /// <param name="name">The name; upper and lower case do not count.</param>
    /// <param name="alpha">α; null for the standard's.</param>
    /// <param name="beta">β; null for the standard's.</param>
    /// <exception cref="GraphException">The standard does not have it, or it has no α or β and one is given.</exception>
    public static RecurrentActivation Of(string name, float? alpha = null, float? beta = null)
    {
        string known = Defaults.Keys.FirstOrDefault(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new GraphException($"Expected one of the activations {string.Join(", ", Defaults.Keys)}, found \"{name}\".");
        (float? first, float? second) = Defaults[known];
        return (alpha is null || first is not null) && (beta is null || second is not null)
            ? new RecurrentActivation(known, alpha ?? first ?? 0, beta ?? second ?? 0)
            : throw new GraphException($"Expected no α or β that the activation {known} does not have, found α = {alpha} and β = {beta}.");
    }

    /// <summary>Whether the activation has an α.</summary>
    internal bool HasAlpha => Defaults[Name].Alpha is not null;

    /// <summary>Whether the activation has a β.</summary>
    internal bool HasBeta => Defaults[Name].Beta is not null;

    /// <summary>The activation of a variable.</summary>
    /// <param name="x">The variable.</param>
    public Variable Apply(Variable x) => Name switch
    {
        "Relu" => x.Relu(),
        "Tanh" => x.Tanh(),
        "Sigmoid" => x.Sigmoid(),
        "Affine" => (x * Alpha) + Beta,
        "LeakyRelu" => x.LeakyRelu(Alpha),
        "ThresholdedRelu" => Ops.Where(Ops.Less(x, Alpha), 0, x),
        "ScaledTanh" => (x * Beta).Tanh() * Alpha,
        "HardSigmoid" => Ops.Clip((x * Alpha) + Beta, 0, 1),
        "Elu" => Ops.Where(Ops.Less(x, 0), Ops.Min(x, 0).ExpM1() * Alpha, x),
        "Softsign" => x / (x.Abs() + 1),
        "Softplus" => x.Softplus(),
        _ => throw new GraphException($"Expected one of the activations {string.Join(", ", Defaults.Keys)}, found \"{Name}\"."),
    };
}
