using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Linear;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Encoders;

/// <summary>
/// Principal components: z = Wᵀ(x − μ), with the columns of W the k eigenvectors of the covariance of the features with the greatest eigenvalues λ; with
/// <see cref="Whiten"/>, zᵢ/√(λᵢ + ε), of variance 1. Learned without labels, so unlabelled examples serve for it: a supervised model on a representation that
/// was learned without supervision. Source: book section 7.6 (PCA as pre-processing before a classifier), 5.8.1 and 2.12.
/// </summary>
/// <remarks>Computed in float64. The sign of a component is the one that makes its greatest loading positive.</remarks>
public sealed class PrincipalComponents
{
    private const int RowsAtOnce = 4096;

    private readonly double[] mean;
    private readonly double[][] components;
    private readonly double[] variances;

    private PrincipalComponents(double[] mean, double[][] components, double[] variances, double totalVariance)
    {
        this.mean = mean;
        this.components = components;
        this.variances = variances;
        TotalVariance = totalVariance;
    }

    /// <summary>μ: the mean of each feature.</summary>
    public IReadOnlyList<double> Mean => mean;

    /// <summary>The components, each a vector of length 1 with a number for each feature, the greatest variance first.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Components => components;

    /// <summary>λ: the variance of the examples along each component (of the population, so divided by their count).</summary>
    public IReadOnlyList<double> Variances => variances;

    /// <summary>The sum of the variances of all features.</summary>
    public double TotalVariance { get; }

    /// <summary>The share of the total variance that the components keep, between 0 and 1.</summary>
    public double ExplainedShare => TotalVariance > 0.0 ? variances.Sum() / TotalVariance : 1.0;

    /// <summary>Whether components are divided by their standard deviations.</summary>
    public bool Whiten { get; private init; }

    /// <summary>ε: what is added to the variances before they divide.</summary>
    public double Stabilizer { get; private init; }

    /// <summary>Finds the components of a data set.</summary>
    /// <param name="data">The training examples, unlabelled ones included, with their weights.</param>
    /// <param name="count">k, from 1 to the number of features.</param>
    /// <param name="whiten">Whether components are divided by their standard deviations.</param>
    /// <param name="stabilizer">ε of whitening, above 0, so that directions without variance stay small; 10⁻⁹ of the greatest variance if null (1 where no feature varies).</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many features.</exception>
    /// <exception cref="DataException">All weights are 0.</exception>
    public static PrincipalComponents Fit(Dataset data, int count, bool whiten = false, double? stabilizer = null)
    {
        int columns = data.Layout.FeatureLength;
        if (count < 1 || count > columns)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"Expected between 1 and {columns} components of {columns} features, found {count}.");
        if (stabilizer is { } given)
            Settings.Positive(given, nameof(stabilizer));
        double[] mean = MeanOf(data);
        (double[] values, double[][] vectors) = SymmetricEigen.Of(Covariance(data, mean));
        double[][] components = [.. vectors.Reverse().Take(count).Select(WithSign)];
        // Rounding can leave a variance of 0 just below it.
        double[] variances = [.. values.Reverse().Take(count).Select(value => Math.Max(value, 0.0))];
        return new(mean, components, variances, values.Sum(value => Math.Max(value, 0.0)))
        {
            Whiten = whiten,
            Stabilizer = stabilizer ?? (variances[0] > 0.0 ? 1e-9 * variances[0] : 1.0),
        };
    }

    /// <summary>The examples in components: features of shape [k]; labels and targets stay.</summary>
    /// <param name="data">Examples with as many features as those that were fitted.</param>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    public Dataset Apply(Dataset data)
    {
        if (data.Layout.FeatureLength != mean.Length)
            throw new ArgumentException($"Expected {mean.Length} features per example, found {data.Layout.FeatureLength}.", nameof(data));
        return data.WithFeatures(ToModule().Predict(data.Reshape(mean.Length)).ToArray<float>(), components.Length);
    }

    /// <summary>μ + Wz: what a point in components stands for, the nearest point of the k-dimensional plane.</summary>
    /// <param name="point">k numbers, whitened if the components are.</param>
    /// <exception cref="ArgumentException">There are not k numbers.</exception>
    public double[] Restore(ReadOnlySpan<double> point)
    {
        if (point.Length != components.Length)
            throw new ArgumentException($"Expected {components.Length} numbers, found {point.Length}.", nameof(point));
        double[] x = [.. mean];
        for (int i = 0; i < point.Length; i++)
        {
            for (int j = 0; j < x.Length; j++)
                x[j] += point[i] / Scale(i) * components[i][j];
        }

        return x;
    }

    /// <summary>The transformation as a module of fixed numbers, to stand before a model that is trained on components, so that the whole is exported as one.</summary>
    public Module ToModule()
    {
        var weight = new float[mean.Length * components.Length];
        for (int i = 0; i < components.Length; i++)
        {
            for (int j = 0; j < mean.Length; j++)
                weight[(j * components.Length) + i] = (float)(Scale(i) * components[i][j]);
        }

        return new FixedProjection([.. mean.Select(m => (float)m)], weight);
    }

    /// <summary>What component i is multiplied by.</summary>
    private double Scale(int i) => Whiten ? 1.0 / Math.Sqrt(variances[i] + Stabilizer) : 1.0;

    private static double[] WithSign(double[] vector) => vector.MaxBy(Math.Abs) < 0.0 ? [.. vector.Select(x => -x)] : vector;

    private static double[] MeanOf(Dataset data)
    {
        var mean = new double[data.Layout.FeatureLength];
        ReadOnlySpan<float> features = data.Features.Span;
        for (int row = 0; row < data.Count; row++)
        {
            for (int j = 0; j < mean.Length; j++)
                mean[j] += data.WeightOf(row) * (double)features[(row * mean.Length) + j];
        }

        double total = data.TotalWeight();
        return [.. mean.Select(sum => sum / total)];
    }

    /// <summary>XᵀX/n of the centred features, some thousand rows at a time; XᵀWX/tr W where they have weights.</summary>
    private static double[,] Covariance(Dataset data, double[] mean)
    {
        int columns = mean.Length;
        Variable x = Variable.Input("x", DType.Float64, ["rows", columns]);
        var product = Function.Compile([x], [Ops.Gemm(x, x, transposeA: true)]);
        var sum = new double[columns, columns];
        double total = data.TotalWeight();
        for (int first = 0; first < data.Count; first += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, data.Count - first);
            Value centred = Value.Zeros(DType.Float64, rows, columns);
            Span<double> to = centred.Span<double>();
            ReadOnlySpan<float> from = data.Features.Span.Slice(first * columns, rows * columns);
            for (int i = 0; i < to.Length; i++)
                to[i] = Math.Sqrt(data.WeightOf(first + (i / columns))) * (from[i] - mean[i % columns]);
            ReadOnlySpan<double> part = product.Run(centred)[0].Span<double>();
            for (int i = 0; i < part.Length; i++)
                sum[i / columns, i % columns] += part[i] / total;
        }

        return sum;
    }
}
