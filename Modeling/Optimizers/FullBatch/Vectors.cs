namespace Toolkit.Modeling.Optimizers.FullBatch;

/// <summary>Arithmetic on vectors of float64.</summary>
internal static class Vectors
{
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0.0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    public static double Norm(ReadOnlySpan<double> a) => Math.Sqrt(Dot(a, a));

    /// <summary>a + s·b.</summary>
    public static double[] Along(ReadOnlySpan<double> a, double s, ReadOnlySpan<double> b)
    {
        var result = new double[a.Length];
        for (int i = 0; i < a.Length; i++)
            result[i] = a[i] + (s * b[i]);
        return result;
    }

    public static double[] Scaled(double s, ReadOnlySpan<double> a)
    {
        var result = new double[a.Length];
        for (int i = 0; i < a.Length; i++)
            result[i] = s * a[i];
        return result;
    }
}
