using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Encoders;

/// <summary>
/// A sparse code by an L1 penalty: the minimum over h of ½‖x − Dh‖² + λ·Σ|h|, by accelerated soft-threshold steps (FISTA). At the minimum |Dᵀ(x − Dh)| ≤ λ,
/// with equality where h is not 0; for an orthonormal D, h = sign(Dᵀx)·max(|Dᵀx| − λ, 0). Source: book section 7.10, equation 7.48 with Ω = ‖h‖₁, and 13.4;
/// Beck, Teboulle 2009.
/// </summary>
/// <param name="Strength">λ, above 0.</param>
public sealed record SparseCoding(double Strength)
{
    /// <summary>λ, above 0.</summary>
    public double Strength { get; init => field = Settings.Positive(value); } = Settings.Positive(Strength);

    /// <summary>The greatest number of steps, at least 1; 10,000 by default.</summary>
    public int Iterations { get; init => field = Settings.AtLeastOne(value); } = 10_000;

    /// <summary>It is enough when no number of the code moves by more than this share of the greatest one in a step, at least 0; 10⁻¹² by default.</summary>
    public double Tolerance { get; init => field = Settings.NotNegative(value); } = 1e-12;

    /// <summary>The code of x.</summary>
    /// <param name="dictionary">D: the atoms one after the other, each as long as x; they are taken as they are.</param>
    /// <param name="x">What is to be encoded, at least one number.</param>
    /// <exception cref="ArgumentException">The numbers do not divide into atoms.</exception>
    public double[] Encode(ReadOnlySpan<double> dictionary, ReadOnlySpan<double> x)
    {
        double strength = Strength;
        if (x.IsEmpty || dictionary.IsEmpty || dictionary.Length % x.Length != 0)
            throw new ArgumentException($"Expected atoms of {x.Length} numbers each, found {dictionary.Length} numbers.", nameof(dictionary));
        var atoms = new double[dictionary.Length / x.Length][];
        for (int i = 0; i < atoms.Length; i++)
            atoms[i] = dictionary.Slice(i * x.Length, x.Length).ToArray();
        double curvature = GreatestCurvature(atoms);
        if (curvature == 0.0)
            return new double[atoms.Length];
        double length = 1.0 / curvature;
        double[] h = new double[atoms.Length], ahead = [.. h];
        double t = 1.0;
        for (int step = 0; step < Iterations; step++)
        {
            double[] residual = x.ToArray();
            for (int i = 0; i < atoms.Length; i++)
                residual = Vectors.Along(residual, -ahead[i], atoms[i]);
            double[] next = [.. ahead.Select((a, i) => Shrink(a + (length * Vectors.Dot(atoms[i], residual)), length * strength))];
            double[] move = Vectors.Along(next, -1.0, h);
            // Where the momentum points uphill, it begins anew (O'Donoghue, Candès 2015).
            double following = Vectors.Dot(Vectors.Along(ahead, -1.0, next), move) > 0.0 ? 1.0 : 0.5 * (1.0 + Math.Sqrt(1.0 + (4.0 * t * t)));
            ahead = Vectors.Along(next, following == 1.0 ? 0.0 : (t - 1.0) / following, move);
            (t, h) = (following, next);
            if (move.Max(Math.Abs) <= Tolerance * h.Max(Math.Abs))
                break;
        }

        return h;
    }

    private static double Shrink(double value, double threshold) => Math.Sign(value) * Math.Max(Math.Abs(value) - threshold, 0.0);

    /// <summary>At least the greatest eigenvalue of DᵀD: the greatest row sum of its absolute values.</summary>
    private static double GreatestCurvature(double[][] atoms) =>
        atoms.Max(a => atoms.Sum(b => Math.Abs(Vectors.Dot(a, b))));
}
