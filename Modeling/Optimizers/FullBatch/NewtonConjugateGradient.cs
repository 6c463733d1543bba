namespace Toolkit.Modeling.Optimizers.FullBatch;

/// <summary>
/// Newton's method without the Hessian: each direction solves Hd = −g by linear conjugate gradients on Hessian-vector products, only as exactly as pays, and
/// stops where the curvature is negative, so that saddle points do not attract it. Source: book sections 8.6.1 and 8.6.2, algorithm 8.8; Nocedal, Wright,
/// "Numerical optimization", 2006, algorithm 7.1; Martens 2010.
/// </summary>
public sealed record NewtonConjugateGradient : Minimizer
{
    /// <summary>The greatest number of conjugate gradient steps for one direction; 50 by default.</summary>
    public int InnerIterations { get; init => field = Settings.AtLeastOne(value); } = 50;

    /// <inheritdoc/>
    private protected override bool HasLength(bool isFirst) => true;

    /// <inheritdoc/>
    private protected override Direction Start()
    {
        double? first = null;
        return (function, gradient) =>
        {
            // The nearer the minimum, the more exact: the forcing sequence of the source, in units of the first gradient.
            double norm = Vectors.Norm(gradient);
            first ??= norm;
            return ConjugateGradient.Solve(v => function.HessianProduct(v), Vectors.Scaled(-1.0, gradient), InnerIterations, Math.Min(0.5, Math.Sqrt(norm / first.Value)));
        };
    }
}
