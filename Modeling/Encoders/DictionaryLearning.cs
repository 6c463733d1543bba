using Toolkit.Modeling.Data;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Modeling.Encoders;

/// <summary>
/// Learns a dictionary D for sparse codes, so that Σ‖x − Dh(x)‖² over examples is small with codes h of OMP-k (or of an L1 penalty): in turn, codes for the present
/// dictionary, then each atom with the others fixed. With E the residuals without atom j, its new value is E·h_j scaled to length 1, and its codes become Eᵀd_j
/// where they are not 0: one power iteration toward the best rank-one fit, as in K-SVD. Atoms that no example uses, or that are nearly the same as another, begin
/// anew at the example that is encoded worst. Source: book section 7.10, equations 7.47 and 7.49; Aharon, Elad, Bruckstein, "K-SVD", 2006; Rubinstein, Zibulevsky, Elad 2008 (the approximate atom
/// update); Coates, Ng 2011.
/// </summary>
/// <remarks>For some thousand examples and some hundred atoms. Centre the features first (and whiten images: <see cref="PrincipalComponents"/>), for there is no
/// offset.</remarks>
/// <param name="Atoms">The number of atoms, at least 1; more than features for an overcomplete dictionary.</param>
public sealed record DictionaryLearning(int Atoms)
{
    // Two atoms are nearly the same above this correlation (Aharon, Elad, Bruckstein 2006).
    private const double Alike = 0.99;

    /// <summary>The number of atoms, at least 1.</summary>
    public int Atoms { get; init => field = Settings.AtLeastOne(value); } = Settings.AtLeastOne(Atoms);

    /// <summary>k: the number of non-zeros of a code, at least 1; 1 by default. Not looked at where there is a <see cref="Strength"/>.</summary>
    public int NonZeros { get; init => field = Settings.AtLeastOne(value); } = 1;

    /// <summary>λ, above 0, for codes by an L1 penalty (<see cref="SparseCoding"/>) in place of OMP-k; null (the default) for OMP-k.</summary>
    public double? Strength { get; init => field = value is { } given ? Settings.Positive(given, nameof(Strength)) : null; }

    /// <summary>The number of rounds, at least 1; 30 by default.</summary>
    public int Iterations { get; init => field = Settings.AtLeastOne(value); } = 30;

    /// <summary>Selects the examples that the atoms begin with; 0 by default.</summary>
    public ulong Seed { get; init; }

    /// <summary>Learns from the features of examples.</summary>
    /// <param name="data">The examples, with their weights; labels and targets are not looked at.</param>
    /// <param name="cancellationToken">Ends the learning between two rounds.</param>
    /// <exception cref="ArgumentException">There are fewer examples that are not 0 than atoms, or more non-zeros than atoms or features.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SparseDictionary Fit(Dataset data, CancellationToken cancellationToken = default)
    {
        int length = data.Layout.FeatureLength;
        if (Strength is null && NonZeros > Math.Min(Atoms, length))
            throw new ArgumentException($"Expected at most {Math.Min(Atoms, length)} non-zeros for {Atoms} atoms of {length} numbers, found {NonZeros}.", nameof(data));
        // Examples of weight 0 are not there.
        int[] rows = [.. Enumerable.Range(0, data.Count).Where(row => data.WeightOf(row) > 0f)];
        double[][] x = [.. rows.Select(row => SparseDictionary.Features(data, row))];
        double[] weights = [.. rows.Select(row => (double)data.WeightOf(row))];
        double[][] atoms = Begin(x);
        var errors = new List<double>();
        var codes = new double[x.Length][];
        for (int round = 0; round < Iterations; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SparseDictionary dictionary = Make(atoms, []);
            Parallel.For(0, x.Length, row => codes[row] = dictionary.Encode(x[row]));
            Update(x, weights, codes, atoms, last: round == Iterations - 1);
            errors.Add(Enumerable.Range(0, x.Length).Sum(row => weights[row] * Square(Residual(x[row], codes[row], atoms))) / weights.Sum());
        }

        return Make(atoms, errors);
    }

    private SparseDictionary Make(double[][] atoms, IReadOnlyList<double> errors) => new([.. atoms.SelectMany(atom => atom)], atoms[0].Length, NonZeros, Strength, errors);

    /// <summary>Atoms are examples at first.</summary>
    private double[][] Begin(double[][] x)
    {
        int[] order = Permutation.Of(x.Length, new RandomSource(Seed).Fork("dictionary"));
        double[][] atoms = [.. order.Where(row => Square(x[row]) > 0.0).Take(Atoms).Select(row => Vectors.Scaled(1.0 / Vectors.Norm(x[row]), x[row]))];
        return atoms.Length == Atoms
            ? atoms
            : throw new ArgumentException($"Expected at least {Atoms} examples that are not 0, one for each atom to begin with, found {atoms.Length}.", nameof(x));
    }

    private void Update(double[][] x, double[] weights, double[][] codes, double[][] atoms, bool last)
    {
        double[][] residuals = [.. x.Select((row, i) => Residual(row, codes[i], atoms))];
        for (int j = 0; j < atoms.Length; j++)
        {
            int[] users = [.. Enumerable.Range(0, x.Length).Where(i => codes[i][j] != 0.0)];
            var sum = new double[atoms[j].Length];
            foreach (int i in users)
            {
                // The residual without the atom.
                residuals[i] = Vectors.Along(residuals[i], codes[i][j], atoms[j]);
                sum = Vectors.Along(sum, weights[i] * codes[i][j], residuals[i]);
            }

            double norm = Vectors.Norm(sum);
            if (norm > 0.0)
                atoms[j] = Vectors.Scaled(1.0 / norm, sum);
            foreach (int i in users)
            {
                // Codes of an L1 penalty are shrunken on purpose: they stay.
                if (Strength is null)
                    codes[i][j] = Vectors.Dot(residuals[i], atoms[j]);
                residuals[i] = Vectors.Along(residuals[i], -codes[i][j], atoms[j]);
            }

            // Not in the last round: an atom that begins anew has yet to be learned.
            bool useless = users.Length == 0 || atoms.AsSpan(0, j).ToArray().Any(other => Math.Abs(Vectors.Dot(other, atoms[j])) > Alike);
            int worst = useless && !last ? Enumerable.Range(0, x.Length).MaxBy(i => Square(residuals[i])) : -1;
            if (worst >= 0 && Square(residuals[worst]) > 0.0)
            {
                atoms[j] = Vectors.Scaled(1.0 / Vectors.Norm(residuals[worst]), residuals[worst]);
                // An example that lends itself to an atom must not lend itself to the next one.
                residuals[worst] = new double[sum.Length];
            }
        }
    }

    private static double[] Residual(double[] x, double[] code, double[][] atoms)
    {
        double[] residual = x;
        for (int j = 0; j < atoms.Length; j++)
        {
            if (code[j] != 0.0)
                residual = Vectors.Along(residual, -code[j], atoms[j]);
        }

        return residual;
    }

    private static double Square(double[] a) => Vectors.Dot(a, a);
}
