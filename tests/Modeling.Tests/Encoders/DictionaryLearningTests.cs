using Toolkit.Modeling.Data;
using Toolkit.Modeling.Encoders;

namespace Toolkit.Modeling.Tests.Encoders;

public sealed class DictionaryLearningTests
{
    private const int Length = 16, Atoms = 20, NonZeros = 2, Examples = 600;

    /// <summary>Examples of two atoms each: what was used to make them is found again, up to the sign (Aharon, Elad, Bruckstein 2006 count an atom as found at
    /// 1 − |correlation| below 0.01).</summary>
    [Fact]
    public void Atoms_that_made_the_examples_are_found_again()
    {
        (Dataset data, double[][] made) = Planted();
        SparseDictionary found = new DictionaryLearning(Atoms) { NonZeros = NonZeros, Iterations = 40, Seed = 1 }.Fit(data, TestContext.Current.CancellationToken);
        double[][] atoms = [.. found.Atoms.Chunk(Length)];
        Assert.All(atoms, atom => Assert.Equal(1.0, Dot(atom, atom), 1e-12));
        int recovered = made.Count(a => atoms.Max(b => Math.Abs(Dot(a, b))) > 0.99);
        Assert.True(recovered >= 0.85 * Atoms, $"found {recovered} of {Atoms} atoms");
        Assert.True(found.Errors[^1] < 0.1 * found.Errors[0], $"errors {found.Errors[0]} … {found.Errors[^1]}");
    }

    [Fact]
    public void Codes_have_as_many_non_zeros_as_asked_for_and_the_same_seed_gives_the_same()
    {
        (Dataset data, _) = Planted();
        var learning = new DictionaryLearning(Atoms) { NonZeros = NonZeros, Iterations = 3, Seed = 1 };
        SparseDictionary dictionary = learning.Fit(data, TestContext.Current.CancellationToken);
        Assert.Equal(dictionary.Atoms, learning.Fit(data, TestContext.Current.CancellationToken).Atoms);
        Dataset codes = dictionary.Encode(data);
        Assert.Equal([Atoms], codes.Layout.FeatureShape);
        Assert.All(codes.Features.ToArray().Chunk(Atoms), code => Assert.InRange(code.Count(c => c != 0), 0, NonZeros));
        double[] h = [.. codes.Features.ToArray().Take(Atoms).Select(c => (double)c)];
        Run.Close(dictionary.Decode(dictionary.Encode([.. data.Features.ToArray().Take(Length).Select(v => (double)v)])), dictionary.Decode(h), 1e-5);
    }

    [Fact]
    public void An_l1_penalty_learns_sparse_codes_too()
    {
        (Dataset data, _) = Planted();
        SparseDictionary dictionary = new DictionaryLearning(Atoms) { Strength = 0.1, Iterations = 8 }.Fit(data.Take(150), TestContext.Current.CancellationToken);
        Assert.True(dictionary.Errors[^1] < 0.5 * dictionary.Errors[0], $"errors {dictionary.Errors[0]} … {dictionary.Errors[^1]}");
        double zeros = dictionary.Encode(data.Take(50)).Features.ToArray().Average(c => c == 0 ? 1.0 : 0.0);
        Assert.InRange(zeros, 0.5, 0.99);
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        Dataset few = Dataset.FromTargets([1, 2, 0, 0, 3, 4], [2], new float[3], [1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DictionaryLearning(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DictionaryLearning(2) { NonZeros = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DictionaryLearning(2) { Strength = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DictionaryLearning(2) { Iterations = 0 });
        Assert.Contains("found 3", Assert.Throws<ArgumentException>(() => new DictionaryLearning(4) { NonZeros = 3 }.Fit(few, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        // One of the three examples is 0.
        Assert.Contains("found 2", Assert.Throws<ArgumentException>(() => new DictionaryLearning(3).Fit(few, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        SparseDictionary two = new DictionaryLearning(2).Fit(few, TestContext.Current.CancellationToken);
        Assert.Contains("found 3", Assert.Throws<ArgumentException>(() => two.Encode([1, 2, 3])).Message, StringComparison.Ordinal);
    }

    private static (Dataset Data, double[][] Atoms) Planted()
    {
        var random = new RandomSource(8);
        double[][] atoms = [.. Enumerable.Range(0, Atoms).Select(_ => Unit([.. Enumerable.Range(0, Length).Select(_ => random.NextNormal())]))];
        var x = new float[Examples * Length];
        for (int row = 0; row < Examples; row++)
        {
            int[] chosen = [.. Enumerable.Range(0, Atoms)];
            random.Shuffle(chosen.AsSpan());
            foreach (int j in chosen.Take(NonZeros))
            {
                double c = random.NextNormal();
                for (int i = 0; i < Length; i++)
                    x[(row * Length) + i] += (float)(c * atoms[j][i]);
            }
        }

        return (Dataset.FromTargets(x, [Length], new float[Examples], [1]), atoms);
    }

    private static double[] Unit(double[] a) => [.. a.Select(v => v / Math.Sqrt(Dot(a, a)))];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();
}
