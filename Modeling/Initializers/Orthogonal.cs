using System.Runtime.CompilerServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Initializers;

/// <summary>
/// A matrix with orthonormal columns (or rows, if it is wider than high), each such matrix as likely as any other, times a gain. A product with it keeps lengths, so that
/// what passes through a recurrent layer neither vanishes nor explodes at first. Source: Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning
/// in deep linear neural networks", 2014; book section 8.4.
/// </summary>
/// <remarks>The columns of normal numbers, each made orthogonal to those before it (Gram and Schmidt, twice). A parameter of more axes is a matrix of its first axis and all others.</remarks>
/// <param name="Gain">The length of a column, above 0; 1 by default.</param>
public sealed record Orthogonal(double Gain = 1.0) : Initializer
{
    /// <summary>The length of a column, above 0.</summary>
    public double Gain { get; init => field = Settings.Positive(value); } = Settings.Positive(Gain);

    /// <inheritdoc/>
    protected override void Fill(Span<float> elements, ReadOnlySpan<int> sizes, Fan fan, RandomSource random)
    {
        if (sizes.Length < 2)
            throw new ShapeException($"{nameof(Orthogonal)} expects a parameter of at least two axes, found [{string.Join(", ", sizes.ToArray())}].");
        int rows = sizes[0], columns = elements.Length / Math.Max(rows, 1);
        double[][] basis = Basis(Math.Min(rows, columns), Math.Max(rows, columns), random);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                elements[(i * columns) + j] = (float)(Gain * (rows < columns ? basis[i][j] : basis[j][i]));
        }
    }

    private static double[][] Basis(int count, int length, RandomSource random)
    {
        var basis = new double[count][];
        for (int k = 0; k < count; k++)
        {
            double[] v = basis[k] = new double[length];
            for (int i = 0; i < length; i++)
                v[i] = random.NextNormal();

            // Once leaves what rounding has left of the others; twice is enough.
            for (int pass = 0; pass < 2; pass++)
            {
                for (int other = 0; other < k; other++)
                    Add(v, basis[other], -Dot(v, basis[other]));
            }

            double norm = Math.Sqrt(Dot(v, v));
            for (int i = 0; i < length; i++)
                v[i] /= norm;
        }

        return basis;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(double[] a, double[] b, double factor)
    {
        for (int i = 0; i < a.Length; i++)
            a[i] += factor * b[i];
    }
}
