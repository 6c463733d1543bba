using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// A mixture density network: the model gives, for each example, k logits of component weights, k·d means (component by component) and k
/// numbers a with the scales s² = e^(2a) + <see cref="VarianceFloor"/>. Source: book section 6.2.2.4, equation 6.35; Bishop 1994. Its gradients can be
/// large where a scale is small: train it with clipped gradients.
/// </summary>
/// <remarks>Prediction: [batch, k(2 + d)]. Target: [batch, d].</remarks>
/// <param name="Components">k, at least 1.</param>
/// <param name="Outputs">d, at least 1.</param>
public sealed record MixtureDensity(int Components, int Outputs) : Likelihood
{
    /// <summary>k, at least 1.</summary>
    public int Components { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Components);

    /// <summary>d, at least 1.</summary>
    public int Outputs { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Outputs);

    /// <summary>The least variance, at least 0: keeps a component from shrinking onto one example; 10⁻⁶ by default.</summary>
    public double VarianceFloor { get; init => field = Settings.NotNegative(value); } = 1e-6;

    /// <summary>The number of predictions that the model must give: k(2 + d).</summary>
    public int Predictions => Components * (2 + Outputs);

    /// <inheritdoc/>
    public override Distribution Of(Variable prediction)
    {
        Targets.Columns(nameof(MixtureDensity), prediction, Predictions);
        IReadOnlyList<Variable> parts = prediction.Split(1, Components, Components * Outputs, Components);
        Variable logScales = VarianceFloor == 0.0 ? parts[2] : 0.5 * ((2.0 * parts[2]).Exp() + VarianceFloor).Log();
        return new GaussianMixture(parts[0], parts[1].Reshape([prediction.Shape[0], Components, Outputs]), logScales);
    }
}
