namespace Toolkit.Modeling.Optimizers.FullBatch;

/// <summary>Nonlinear conjugate gradients: d ← −g + βd with Polak and Ribière's β = max(0, (g − g′)ᵀg/g′ᵀg′), which begins anew by itself when directions
/// stop being conjugate. Source: book section 8.6.2, algorithm 8.9, equation 8.32.</summary>
public sealed record NonlinearConjugateGradient : Minimizer
{
    /// <inheritdoc/>
    private protected override bool HasLength(bool isFirst) => false;

    /// <inheritdoc/>
    private protected override Direction Start()
    {
        double[]? last = null, direction = null;
        return (_, gradient) =>
        {
            double beta = last is null
                ? 0.0
                : Math.Max(0.0, (Vectors.Dot(gradient, gradient) - Vectors.Dot(gradient, last)) / Vectors.Dot(last, last));
            direction = direction is null ? Vectors.Scaled(-1.0, gradient) : Vectors.Along(Vectors.Scaled(-1.0, gradient), beta, direction);
            last = [.. gradient];
            return [.. direction];
        };
    }
}
