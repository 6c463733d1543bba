using Toolkit.Modeling.Data;
using Toolkit.Modeling.Diagnostics;
using Toolkit.Modeling.Encoders;
using Toolkit.Modeling.Linear;

namespace Toolkit.Modeling.Tests.Data;

public sealed class PrincipalComponentsTests
{
    private const int Rows = 500, Columns = 6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(40)]
    public void Eigenvectors_of_a_symmetric_matrix_diagonalize_it(int n)
    {
        var random = new RandomSource((ulong)n);
        var a = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
                a[i, j] = a[j, i] = n == 40 && j > 20 ? 0.0 : random.NextNormal();
        }

        (double[] values, double[][] vectors) = SymmetricEigen.Of(a);
        Run.Close(Jacobi.Eigen(a).Values, values, 1e-12);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                Assert.Equal(i == j ? 1.0 : 0.0, vectors[i].Zip(vectors[j], (p, q) => p * q).Sum(), 1e-12);
            for (int row = 0; row < n; row++)
                Assert.Equal(values[i] * vectors[i][row], Enumerable.Range(0, n).Sum(k => a[row, k] * vectors[i][k]), 1e-11);
        }
    }

    /// <summary>Variances are the squares of the singular values of the centred data over the number of examples.</summary>
    [Fact]
    public void Variances_are_those_of_the_singular_values()
    {
        Dataset data = Data();
        PrincipalComponents pca = PrincipalComponents.Fit(data, Columns);
        double[] centred = [.. data.Features.ToArray().Select((x, i) => x - pca.Mean[i % Columns])];
        double[] expected = [.. new LinearLeastSquares(centred, Columns).SingularValues.Select(s => s * s / Rows)];
        Run.Close(expected, [.. pca.Variances], 1e-12);
        Assert.Equal(1.0, pca.ExplainedShare, 1e-12);
        Assert.Equal(expected.Sum(), pca.TotalVariance, 1e-12);
        Assert.All(pca.Components, component => Assert.True(component.MaxBy(Math.Abs) > 0));
    }

    [Fact]
    public void Whitened_components_are_uncorrelated_with_variance_one()
    {
        Dataset white = PrincipalComponents.Fit(Data(), 3, whiten: true).Apply(Data());
        Assert.Equal([3], white.Layout.FeatureShape);
        float[] z = white.Features.ToArray();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(0.0, Enumerable.Range(0, Rows).Average(row => z[(3 * row) + i]), 1e-4);
            for (int j = 0; j < 3; j++)
                Assert.Equal(i == j ? 1.0 : 0.0, Enumerable.Range(0, Rows).Average(row => z[(3 * row) + i] * z[(3 * row) + j]), 1e-4);
        }
    }

    /// <summary>All components restore an example; the first ones restore the nearest point of their plane: the squared errors add up to the variances left out.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Components_restore_what_they_keep(bool whiten)
    {
        Dataset data = Data();
        foreach (int count in new[] { 2, Columns })
        {
            PrincipalComponents pca = PrincipalComponents.Fit(data, count, whiten);
            float[] x = data.Features.ToArray(), z = pca.Apply(data).Features.ToArray();
            double error = Enumerable.Range(0, Rows).Sum(row => pca.Restore([.. z.Skip(row * count).Take(count).Select(v => (double)v)])
                .Zip(x.Skip(row * Columns), (a, b) => (a - b) * (a - b)).Sum());
            Assert.Equal(pca.TotalVariance - pca.Variances.Sum(), error / Rows, 1e-5);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_labels_stay()
    {
        Dataset data = Dataset.FromLabels([1, 2, 3, 4, 5, 7], [2], [0, 1, -1], 2, allowUnlabelled: true);
        PrincipalComponents pca = PrincipalComponents.Fit(data, 1);
        Assert.Equal([0L, 1, -1], pca.Apply(data).Labels.ToArray());
        Assert.Contains("found 3", Assert.Throws<ArgumentOutOfRangeException>(() => PrincipalComponents.Fit(data, 3)).Message, StringComparison.Ordinal);
        Assert.Contains("found 6", Assert.Throws<ArgumentException>(() => pca.Apply(Data())).Message, StringComparison.Ordinal);
        Assert.Contains("found 2", Assert.Throws<ArgumentException>(() => pca.Restore([1, 2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => PrincipalComponents.Fit(data, 1, true, 0));
    }

    /// <summary>Six features of three sources and a little noise.</summary>
    private static Dataset Data()
    {
        var random = new RandomSource(4);
        var x = new float[Rows * Columns];
        for (int row = 0; row < Rows; row++)
        {
            double a = 3 * random.NextNormal(), b = 2 * random.NextNormal(), c = random.NextNormal();
            double[] mixed = [a + b, a - b + 5, c + (0.5 * a), b - c, 2 * c, a + c - 1];
            for (int j = 0; j < Columns; j++)
                x[(row * Columns) + j] = (float)(mixed[j] + (0.1 * random.NextNormal()));
        }

        return Dataset.FromTargets(x, [Columns], new float[Rows], [1]);
    }
}
