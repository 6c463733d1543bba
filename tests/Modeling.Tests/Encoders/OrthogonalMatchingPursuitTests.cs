using Toolkit.Modeling.Encoders;

namespace Toolkit.Modeling.Tests.Encoders;

/// <summary>Codes by orthogonal matching pursuit.</summary>
public sealed class OrthogonalMatchingPursuitTests
{
    private readonly RandomSource random = new(11);

    /// <summary>A4.5: an orthonormal dictionary.</summary>
    [Fact]
    public void An_orthonormal_dictionary_keeps_the_greatest_correlations()
    {
        // Columns of a rotation in the plane of axes 0 and 1, and of axes 2 and 3.
        double[] d = [0.6, 0.8, 0, 0, -0.8, 0.6, 0, 0, 0, 0, 0.28, 0.96, 0, 0, -0.96, 0.28];
        double[] x = [1, -2, 0.5, 3];
        double[] all = [.. Enumerable.Range(0, 4).Select(a => Enumerable.Range(0, 4).Sum(i => d[(4 * a) + i] * x[i]))];
        double[] kept = [.. all.Select(Math.Abs).OrderDescending().Take(2)];
        double[] code = new OrthogonalMatchingPursuit(d, 4).Encode(x, 2);
        Run.Close([.. all.Select(c => kept.Contains(Math.Abs(c)) ? c : 0)], code, 1e-14);
    }

    /// <summary>A4.5, and with as many atoms as numbers nothing is left.</summary>
    [Fact]
    public void Residuals_are_orthogonal_to_the_chosen_atoms_and_never_grow()
    {
        var encoder = new OrthogonalMatchingPursuit(Gaussian(8, 20), 8);
        double[] x = Gaussian(8, 1);
        double last = double.PositiveInfinity;
        for (int k = 1; k <= 8; k++)
        {
            double[] code = encoder.Encode(x, k), decoded = encoder.Decode(code);
            double[] residual = [.. x.Zip(decoded, (a, b) => a - b)];
            double norm = Math.Sqrt(residual.Sum(r => r * r));
            Assert.True(norm <= last + 1e-12);
            last = norm;
            Assert.Equal(k, code.Count(c => c != 0));
            for (int atom = 0; atom < 20; atom++)
            {
                double[] one = new double[20];
                one[atom] = 1;
                if (code[atom] != 0)
                    Assert.Equal(0, encoder.Decode(one).Zip(residual, (a, b) => a * b).Sum(), 1e-10);
            }
        }

        Assert.Equal(0, last, 1e-10);
    }

    /// <summary>B4: exact support in about 98 % of trials for m = 32, k = 4, and 96 % for m = 64, k = 12 (256 Gaussian atoms, 100 trials); the rate of
    /// m = 32, k = 12 is about 14 %, so success is no accident.</summary>
    [Theory]
    [InlineData(32, 4, 0.92, 1.0)]
    [InlineData(64, 12, 0.88, 1.0)]
    [InlineData(32, 12, 0.03, 0.30)]
    public void Supports_are_recovered_as_often_as_they_should(int length, int nonZeros, double low, double high)
    {
        int found = 0;
        const int Trials = 100;
        for (int trial = 0; trial < Trials; trial++)
        {
            var encoder = new OrthogonalMatchingPursuit(Gaussian(length, 256), length);
            int[] order = [.. Enumerable.Range(0, 256)];
            random.Shuffle<int>(order);
            double[] code = new double[256];
            foreach (int atom in order[..nonZeros])
                code[atom] = random.NextNormal();
            double[] back = encoder.Encode(encoder.Decode(code), nonZeros);
            found += code.Zip(back).All(pair => (pair.First != 0) == (pair.Second != 0)) ? 1 : 0;
        }

        Assert.InRange(found / (double)Trials, low, high);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var encoder = new OrthogonalMatchingPursuit([1, 0, 0, 1], 2);
        Assert.Contains("between 1 and 2", Assert.Throws<ArgumentOutOfRangeException>(() => encoder.Encode([1.0, 2], 3)).Message);
        Assert.Throws<ArgumentException>(() => encoder.Encode([1.0], 1));
        Assert.Throws<ArgumentException>(() => encoder.Decode([1.0]));
        Assert.Throws<ArgumentException>(() => new OrthogonalMatchingPursuit([1, 0, 0], 2));
        Assert.Throws<ArgumentException>(() => new OrthogonalMatchingPursuit([0.0, 0], 2));
    }

    private double[] Gaussian(int length, int count) => [.. Enumerable.Range(0, length * count).Select(_ => random.NextNormal())];
}
