using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Encoders;

/// <summary>
/// OMP-k: a code h with exactly k non-zeros (fewer where the residual vanishes before) that makes ‖x − Dh‖² small: the atom that correlates most with the
/// residual joins, and all coefficients are fitted anew. With an orthonormal D it keeps the k greatest |Dᵀx|. Source: book section 7.10, equation 7.49; Pati,
/// Rezaiifar, Krishnaprasad 1993; Coates, Ng 2011.
/// </summary>
/// <remarks>The support is found exactly whenever it has fewer than ½(1 + 1/μ) atoms, with μ the greatest correlation of two atoms (Tropp 2004).</remarks>
public sealed class OrthogonalMatchingPursuit
{
    private readonly double[][] atoms;

    /// <summary>An encoder.</summary>
    /// <param name="dictionary">D: the atoms one after the other, each of <paramref name="length"/> numbers; they are scaled to length 1.</param>
    /// <param name="length">The length of an atom, at least 1.</param>
    /// <exception cref="ArgumentException">The numbers do not divide into atoms, or an atom is 0.</exception>
    public OrthogonalMatchingPursuit(ReadOnlySpan<double> dictionary, int length)
    {
        Settings.AtLeastOne(length);
        if (dictionary.IsEmpty || dictionary.Length % length != 0)
            throw new ArgumentException($"Expected atoms of {length} numbers each, found {dictionary.Length} numbers.", nameof(dictionary));
        atoms = new double[dictionary.Length / length][];
        for (int i = 0; i < atoms.Length; i++)
        {
            ReadOnlySpan<double> atom = dictionary.Slice(i * length, length);
            double norm = Vectors.Norm(atom);
            atoms[i] = norm > 0.0 ? Vectors.Scaled(1.0 / norm, atom) : throw new ArgumentException($"Atom {i} is 0.", nameof(dictionary));
        }

        Length = length;
    }

    /// <summary>The length of an atom and of x.</summary>
    public int Length { get; }

    /// <summary>The number of atoms and the length of a code.</summary>
    public int AtomCount => atoms.Length;

    /// <summary>The code of x for atoms of length 1.</summary>
    /// <param name="x">What is to be encoded.</param>
    /// <param name="nonZeros">k, from 1 to the lesser of the number of atoms and their length.</param>
    /// <exception cref="ArgumentException">x does not have the length of an atom.</exception>
    /// <exception cref="ArgumentOutOfRangeException">k is out of range.</exception>
    public double[] Encode(ReadOnlySpan<double> x, int nonZeros)
    {
        if (x.Length != Length)
            throw new ArgumentException($"Expected {Length} numbers, found {x.Length}.", nameof(x));
        int most = Math.Min(AtomCount, Length);
        if (nonZeros < 1 || nonZeros > most)
            throw new ArgumentOutOfRangeException(nameof(nonZeros), nonZeros, $"Expected between 1 and {most} non-zeros, found {nonZeros}.");
        // Gram and Schmidt: chosen atoms become an orthonormal basis, atom i = Σ triangle[i][j]·basis j.
        var chosen = new List<int>();
        var basis = new List<double[]>();
        var triangle = new List<double[]>();
        var projections = new List<double>();
        double[] residual = x.ToArray();
        double enough = 1e-14 * Vectors.Norm(x);
        while (chosen.Count < nonZeros && Vectors.Norm(residual) > enough)
        {
            int best = Enumerable.Range(0, AtomCount).Where(i => !chosen.Contains(i)).MaxBy(i => Math.Abs(Vectors.Dot(atoms[i], residual)));
            double[] direction = atoms[best];
            var row = new double[basis.Count + 1];
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < basis.Count; j++)
                {
                    double along = Vectors.Dot(basis[j], direction);
                    row[j] += along;
                    direction = Vectors.Along(direction, -along, basis[j]);
                }
            }

            row[^1] = Vectors.Norm(direction);
            if (row[^1] < 1e-12)
                break;
            direction = Vectors.Scaled(1.0 / row[^1], direction);
            double projection = Vectors.Dot(direction, residual);
            residual = Vectors.Along(residual, -projection, direction);
            chosen.Add(best);
            basis.Add(direction);
            triangle.Add(row);
            projections.Add(projection);
        }

        return Coefficients(chosen, triangle, projections);
    }

    /// <summary>Dh: what a code stands for.</summary>
    /// <param name="code">h, a number for each atom.</param>
    public double[] Decode(ReadOnlySpan<double> code)
    {
        if (code.Length != AtomCount)
            throw new ArgumentException($"Expected {AtomCount} numbers, found {code.Length}.", nameof(code));
        var sum = new double[Length];
        for (int i = 0; i < code.Length; i++)
        {
            if (code[i] != 0.0)
                sum = Vectors.Along(sum, code[i], atoms[i]);
        }

        return sum;
    }

    /// <summary>Solves the triangular system from the basis back to the atoms.</summary>
    private double[] Coefficients(List<int> chosen, List<double[]> triangle, List<double> projections)
    {
        var code = new double[AtomCount];
        for (int i = chosen.Count - 1; i >= 0; i--)
        {
            double rest = projections[i];
            for (int later = i + 1; later < chosen.Count; later++)
                rest -= triangle[later][i] * code[chosen[later]];
            code[chosen[i]] = rest / triangle[i][i];
        }

        return code;
    }
}
