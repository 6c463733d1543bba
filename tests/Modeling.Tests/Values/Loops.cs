namespace Toolkit.Modeling.Tests.Values;

/// <summary>Formulas that references share, on plain numbers.</summary>
internal static class Loops
{
    public static double Square(double x) => x * x;

    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    public static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    public static double LogSumExp(params double[] z)
    {
        double greatest = z.Max();
        return greatest + Math.Log(z.Sum(x => Math.Exp(x - greatest)));
    }

    public static double[] Softmax(double[] z)
    {
        double all = LogSumExp(z);
        return [.. z.Select(x => Math.Exp(x - all))];
    }

    /// <summary>[rows, inner] times [inner, columns], as lists of rows.</summary>
    public static double[] Product(double[] a, double[] b, int rows, int inner, int columns)
    {
        var result = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                for (int k = 0; k < inner; k++)
                    result[(i * columns) + j] += a[(i * inner) + k] * b[(k * columns) + j];
            }
        }

        return result;
    }

    /// <summary>The standard normal distribution function, by Simpson's rule on its density.</summary>
    public static double NormalProbability(double z)
    {
        const int Steps = 2000;
        double h = z / Steps, sum = 0;
        for (int i = 0; i <= Steps; i++)
            sum += (i == 0 || i == Steps ? 1 : i % 2 == 0 ? 2 : 4) * Math.Exp(-Square(i * h) / 2);
        return 0.5 + (sum * h / 3 / Math.Sqrt(2 * Math.PI));
    }
}
