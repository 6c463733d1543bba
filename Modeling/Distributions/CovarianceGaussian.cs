using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.Modeling.Distributions;

/// <summary>
/// A Gaussian of d outputs with the covariance Σ = BBᵀ, B lower triangular with a positive diagonal:
/// −ln p(y) = ½‖B⁻¹(y − μ)‖² + Σ ln Bᵢᵢ + ½d·ln 2π, since ln det Σ = 2 Σ ln Bᵢᵢ. Source: book section 6.2.2.4 (full covariance as B(x)Bᵀ(x)).
/// </summary>
/// <param name="Center">μ, of shape [batch, d], d known.</param>
/// <param name="Factor">B, of shape [batch, d, d]; what is above the diagonal is not looked at.</param>
public sealed record CovarianceGaussian(Variable Center, Variable Factor) : Distribution
{
    /// <inheritdoc/>
    public override Variable Mean => Center;

    /// <inheritdoc/>
    public override Variable Variance => Columns(row => Row(row).Square().Sum([1]));

    private int Size => Center.Shape[1].Size;

    /// <inheritdoc/>
    public override Variable NegativeLogLikelihood(Variable target)
    {
        Variable error = Targets.Align(nameof(CovarianceGaussian), Center, target) - Center;
        // Forward substitution: z = B⁻¹(y − μ), a row at a time; d is small, so the rows are written out.
        Variable? solved = null;
        Variable total = Variable.Scalar(0.5 * Size * Math.Log(2.0 * Math.PI), Center.DType);
        for (int i = 0; i < Size; i++)
        {
            Variable rest = error.Slice(1, i, i + 1);
            if (solved is not null)
                rest -= (Entry(i, 0, i) * solved).Sum([1], keepDims: true);
            Variable diagonal = Entry(i, i, i + 1);
            Variable z = rest / diagonal;
            solved = solved is null ? z : Ops.Concat(1, solved, z);
            total += diagonal.Log().Sum([1]);
        }

        return total + (0.5 * solved!.Square().Sum([1]));
    }

    /// <summary>The quantiles of each output by itself.</summary>
    /// <param name="level">The probability, above 0 and below 1.</param>
    public override Variable Quantile(double level) => Center + (NormalQuantile.Of(Level(level)) * Variance.Sqrt());

    /// <inheritdoc/>
    public override Variable Sample(RandomStream random)
    {
        Variable noise = random.Normal(Center.Shape, Center.DType, Center);
        return Center + Columns(row => (Row(row) * noise.Slice(1, 0, row + 1)).Sum([1]));
    }

    private Variable Row(int row) => Entry(row, 0, row + 1);

    private Variable Entry(int row, int start, int end) =>
        Factor.Slice(1, row, row + 1).Slice(2, start, end).Reshape([Center.Shape[0], end - start]);

    private Variable Columns(Func<int, Variable> column) =>
        Ops.Concat(1, [.. Enumerable.Range(0, Size).Select(i => column(i).Reshape([Center.Shape[0], 1]))]);
}
