using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Losses;

/// <summary>
/// A Gaussian output whose full covariance B(x)Bᵀ(x) the model gives: d means, then the d(d + 1)/2 entries of the lower triangle of B row by row,
/// those of the diagonal through ζ(·) + <see cref="Floor"/>. Source: book section 6.2.2.4.
/// </summary>
/// <remarks>Prediction: [batch, d + d(d + 1)/2]. Target: [batch, d].</remarks>
/// <param name="Outputs">d, at least 1.</param>
public sealed record FullCovarianceGaussian(int Outputs) : Likelihood
{
    /// <summary>d, at least 1.</summary>
    public int Outputs { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Outputs);

    /// <summary>The least entry on the diagonal of B, at least 0; 10⁻³ by default.</summary>
    public double Floor { get; init => field = Settings.NotNegative(value); } = 1e-3;

    /// <summary>The number of predictions that the model must give: d + d(d + 1)/2.</summary>
    public int Predictions => Outputs + (Outputs * (Outputs + 1) / 2);

    /// <inheritdoc/>
    public override Distribution Of(Variable prediction)
    {
        Targets.Columns(nameof(FullCovarianceGaussian), prediction, Predictions);
        Dim batch = prediction.Shape[0];
        var rows = new Variable[Outputs];
        for (int i = 0, at = Outputs; i < Outputs; at += ++i)
        {
            Variable diagonal = prediction.Slice(1, at + i, at + i + 1).Softplus() + Floor;
            Variable row = i == 0 ? diagonal : Ops.Concat(1, prediction.Slice(1, at, at + i), diagonal);
            rows[i] = row.Pad([0, 0], [0, Outputs - 1 - i]).Reshape([batch, 1, Outputs]);
        }

        return new CovarianceGaussian(prediction.Slice(1, 0, Outputs), Ops.Concat(1, rows));
    }
}
