using Toolkit.Modeling.Encoders;

namespace Toolkit.Modeling.Tests.Encoders;

/// <summary>Codes by an L1 penalty.</summary>
public sealed class SparseCodingTests
{
    private readonly RandomSource random = new(13);

    /// <summary>A4.5: the conditions of a minimum.</summary>
    [Fact]
    public void At_the_minimum_no_correlation_exceeds_the_strength()
    {
        double[] d = [.. Enumerable.Range(0, 160).Select(_ => random.NextNormal())], x = [.. Enumerable.Range(0, 8).Select(_ => random.NextNormal())];
        double[] h = new SparseCoding(0.8) { Iterations = 100_000, Tolerance = 1e-14 }.Encode(d, x);
        double[] residual = [.. x.Select((v, i) => v - h.Select((c, a) => c * d[(8 * a) + i]).Sum())];
        Assert.InRange(h.Count(c => c != 0), 1, 8);
        for (int a = 0; a < 20; a++)
        {
            double correlation = residual.Select((r, i) => r * d[(8 * a) + i]).Sum();
            Assert.True(Math.Abs(correlation) <= 0.8 + 1e-10);
            if (h[a] != 0)
                Assert.Equal(0.8 * Math.Sign(h[a]), correlation, 1e-10);
        }
    }

    /// <summary>A4.5: an orthonormal dictionary.</summary>
    [Fact]
    public void With_an_orthonormal_dictionary_it_is_the_soft_threshold()
    {
        double[] d = [0.6, 0.8, 0, 0, -0.8, 0.6, 0, 0, 0, 0, 0.28, 0.96, 0, 0, -0.96, 0.28], x = [1, -2, 0.5, 3];
        double[] all = [.. Enumerable.Range(0, 4).Select(a => Enumerable.Range(0, 4).Sum(i => d[(4 * a) + i] * x[i]))];
        Run.Close([.. all.Select(c => Math.Sign(c) * Math.Max(Math.Abs(c) - 0.7, 0))], new SparseCoding(0.7).Encode(d, x), 1e-11);
    }

    /// <summary>After so many steps it is where plain loops are: those of Beck and Teboulle, begun anew where the momentum points uphill (O'Donoghue, Candès 2015).</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    [InlineData(300)]
    public void Momentum_begins_anew_where_it_points_uphill(int steps)
    {
        const int Atoms = 12, Length = 6;
        double[] d = [.. Enumerable.Range(0, Atoms * Length).Select(_ => 1 + (0.3 * random.NextNormal()))], x = [.. Enumerable.Range(0, Length).Select(_ => random.NextNormal())];
        double[] h = new double[Atoms], ahead = new double[Atoms];
        double curvature = 0, t = 1;
        for (int a = 0; a < Atoms; a++)
            curvature = Math.Max(curvature, Enumerable.Range(0, Atoms).Sum(b => Math.Abs(Enumerable.Range(0, Length).Sum(i => d[(a * Length) + i] * d[(b * Length) + i]))));
        int restarts = 0;
        for (int step = 0; step < steps; step++)
        {
            var next = new double[Atoms];
            double uphill = 0;
            for (int a = 0; a < Atoms; a++)
            {
                double slope = 0;
                for (int i = 0; i < Length; i++)
                    slope += d[(a * Length) + i] * (Enumerable.Range(0, Atoms).Sum(b => ahead[b] * d[(b * Length) + i]) - x[i]);
                double moved = ahead[a] - (slope / curvature);
                next[a] = Math.Abs(moved) <= 0.02 / curvature ? 0 : moved - (Math.Sign(moved) * 0.02 / curvature);
                uphill += (ahead[a] - next[a]) * (next[a] - h[a]);
            }

            double following = (1 + Math.Sqrt(1 + (4 * t * t))) / 2, share = (t - 1) / following;
            if (uphill > 0)
                (following, share, restarts) = (1, 0, restarts + 1);
            for (int a = 0; a < Atoms; a++)
                ahead[a] = next[a] + (share * (next[a] - h[a]));
            (h, t) = (next, following);
        }

        Assert.True(steps < 300 || restarts > 0, "no restart");
        Run.Close(h, new SparseCoding(0.02) { Iterations = steps, Tolerance = 0 }.Encode(d, x), 1e-9);
    }

    /// <summary>A4.5, Tropp 2004: OMP finds a support of k atoms whenever k &lt; ½(1 + 1/μ).</summary>
    [Fact]
    public void Few_enough_atoms_are_always_recovered_by_matching_pursuit()
    {
        // Identity beside a normalized Hadamard matrix: no two atoms correlate by more than μ = 1/√16, so 2 atoms are always found.
        var d = new double[32 * 16];
        for (int i = 0; i < 16; i++)
        {
            d[(i * 16) + i] = 1;
            for (int j = 0; j < 16; j++)
                d[((16 + i) * 16) + j] = (int.PopCount(i & j) % 2 == 0 ? 1 : -1) / 4.0;
        }

        var encoder = new OrthogonalMatchingPursuit(d, 16);
        for (int first = 0; first < 32; first++)
        {
            for (int second = 0; second < first; second++)
            {
                var code = new double[32];
                (code[first], code[second]) = (random.NextNormal(), random.NextNormal());
                Run.Close(code, encoder.Encode(encoder.Decode(code), 2), 1e-12);
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Contains("above 0", Assert.Throws<ArgumentOutOfRangeException>(() => new SparseCoding(0).Encode([1.0], [1.0])).Message);
        Assert.Contains("atoms of 2", Assert.Throws<ArgumentException>(() => new SparseCoding(1).Encode([1.0, 2, 3], [1.0, 2])).Message);
    }
}
