using Toolkit.Modeling;
using Toolkit.Modeling.Encoders;

namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class SparseRecovery : Experiment
{
    private const int Atoms = 256;

    public override string Name => "sparse-recovery";

    public override string Source => "Which sparse codes orthogonal matching pursuit finds again, book 7.10, equation 7.49 (Tropp, Gilbert 2007)";

    public override string Settings => "256 normal atoms of m numbers, codes of k normal non-zeros; how often the support found is exactly the right one; epochs are trials";

    public override int Epochs => 100;

    private static IEnumerable<(int Length, int NonZeros, string Published)> Cases =>
    [
        (32, 4, "98"), (32, 8, "52"), (32, 12, "14"), (64, 8, "99"), (64, 12, "96"), (64, 16, "73"), (64, 20, "36"), (128, 8, "100"), (128, 20, "100"),
    ];

    public override IReadOnlyList<Figure> Run(Laboratory laboratory) =>
        [.. Cases.Select(c => new Figure($"exact support %, m = {c.Length}, k = {c.NonZeros}", Rate(laboratory, c.Length, c.NonZeros), c.Published))];

    private static double Rate(Laboratory laboratory, int length, int nonZeros)
    {
        int exact = 0;
        for (int trial = 0; trial < laboratory.Epochs; trial++)
        {
            laboratory.ThrowIfCancelled();
            RandomSource random = laboratory.Random("trial").Fork($"{length}-{nonZeros}").Fork(trial);
            var encoder = new OrthogonalMatchingPursuit([.. Enumerable.Range(0, length * Atoms).Select(_ => random.NextNormal())], length);
            int[] atoms = [.. Enumerable.Range(0, Atoms)];
            random.Shuffle(atoms.AsSpan());
            var code = new double[Atoms];
            foreach (int atom in atoms.AsSpan(0, nonZeros))
                code[atom] = random.NextNormal();
            double[] found = encoder.Encode(encoder.Decode(code), nonZeros);
            exact += Enumerable.Range(0, Atoms).All(i => found[i] != 0 == (code[i] != 0)) ? 1 : 0;
        }

        return 100.0 * exact / laboratory.Epochs;
    }
}
