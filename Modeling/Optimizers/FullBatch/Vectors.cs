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

    /// <summary>‖a‖, for numbers of any size.</summary>
    public static double Norm(ReadOnlySpan<double> a)
    {
        double square = Dot(a, a);
        // Far enough from the ends of the range, nothing that matters has been lost.
        if (square is > 1e-250 and < double.PositiveInfinity)
            return Math.Sqrt(square);
        int exponent = Exponent(a);
        double sum = 0.0;
        foreach (double x in a)
        {
            double scaled = Math.ScaleB(x, -exponent);
            sum += scaled * scaled;
        }

        return Math.ScaleB(Math.Sqrt(sum), exponent);
    }

    /// <summary>The exponent of 2 of the greatest number, by which numbers are brought near 1 without rounding; 0 for zeros and for what is not finite.</summary>
    public static int Exponent(ReadOnlySpan<double> a)
    {
        double greatest = 0.0;
        foreach (double x in a)
            greatest = Math.Max(greatest, Math.Abs(x));
        return greatest > 0.0 && double.IsFinite(greatest) ? Math.ILogB(greatest) : 0;
    }

    /// <summary>a·2^exponent, without rounding within the range.</summary>
    public static double[] Shifted(ReadOnlySpan<double> a, int exponent)
    {
        var result = new double[a.Length];
        for (int i = 0; i < a.Length; i++)
            result[i] = Math.ScaleB(a[i], exponent);
        return result;
    }

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
