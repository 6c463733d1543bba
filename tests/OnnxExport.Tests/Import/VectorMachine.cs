namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>A support vector classifier with made-up numbers: as a node, and in plain loops that share nothing with the library.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="Vectors">The number of support vectors of each class; none for linear scores of each class.</param>
internal sealed record VectorMachine(string Kernel, int Classes, params int[] Vectors)
{
    private const int Features = 3;
    private const float Gamma = 0.3f, Constant = 0.5f;

    public string Transform { get; init; } = "NONE";

    /// <summary>Whether there are numbers for shares of classes.</summary>
    public bool HasShares { get; init; }

    /// <summary>Whether no coefficient is negative.</summary>
    public bool IsPositive { get; init; }

    public float Degree { get; init; } = 3;

    /// <summary>Where the support vectors lie, as inputs do.</summary>
    public float Center { get; init; }

    private int Pairs => Classes * (Classes - 1) / 2;

    private float[] SupportVectors => [.. Numbers(Vectors.Sum() * Features, 1).Select(number => Center + (2 * number))];

    private float[] Coefficients => [.. Numbers(Vectors.Length == 0 ? Classes * Features : (Classes - 1) * Vectors.Sum(), 2).Select(number => IsPositive ? Math.Abs(number) : number)];

    private float[] Rho => Vectors.Length == 0 ? [0.25f] : Numbers(Pairs, 3);

    private float[] A => [.. Numbers(Pairs, 4).Select(number => -1 - Math.Abs(number))];

    private float[] B => Numbers(Pairs, 5);

    /// <summary>The node, without inputs and labels.</summary>
    public OneNode Node()
    {
        OneNode node = new OneNode("SVMClassifier", 17).In("ai.onnx.ml").With("coefficients", Coefficients).With("rho", Rho).With("kernel_type", Kernel).With("kernel_params", [Gamma, Constant, Degree])
            .With("post_transform", Transform);
        if (Vectors.Length > 0)
            node = node.With("support_vectors", SupportVectors).With("vectors_per_class", [.. Vectors.Select(count => (long)count)]);
        return HasShares ? node.With("prob_a", A).With("prob_b", B) : node;
    }

    /// <summary>The place of the winning class, and the scores.</summary>
    public (int Winner, double[] Scores) Run(double[] x)
    {
        if (Vectors.Length == 0)
            return Linear(x);
        double[] decisions = Decisions(x);
        int[] votes = new int[Classes];
        int pair = 0;
        for (int i = 0; i < Classes; i++)
        {
            for (int j = i + 1; j < Classes; j++)
                votes[decisions[pair++] > 0 ? i : j]++;
        }

        int winner = Array.IndexOf(votes, votes.Max());
        if (HasShares)
            return (winner, Transformed(Shares(decisions)));
        if (Classes > 2)
            return (winner, Transformed(decisions));
        return (winner, Transform is "NONE" or "LOGISTIC" ? Transformed([-decisions[0], decisions[0]]) : [1 - decisions[0], decisions[0]]);
    }

    private static float[] Numbers(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => (float)Math.Sin((12.9898 * i) + (78.233 * seed)))];

    private (int Winner, double[] Scores) Linear(double[] x)
    {
        double[] scores = new double[Classes];
        for (int c = 0; c < Classes; c++)
        {
            scores[c] = Rho[0];
            for (int f = 0; f < Features; f++)
                scores[c] += x[f] * Coefficients[(c * Features) + f];
        }

        int winner = Array.IndexOf(scores, scores.Max());
        if (Classes == 2 && !HasShares && (IsPositive ? scores.Max() >= 0.5 : scores.Max() > 0))
            winner = 1;
        return (winner, Transformed(scores));
    }

    private double[] Decisions(double[] x)
    {
        int all = Vectors.Sum();
        double[] kernel = [.. Enumerable.Range(0, all).Select(v => KernelOf(x, SupportVectors[(v * Features)..((v + 1) * Features)]))];
        int[] first = new int[Classes + 1];
        for (int c = 0; c < Classes; c++)
            first[c + 1] = first[c] + Vectors[c];
        var decisions = new List<double>();
        for (int i = 0; i < Classes; i++)
        {
            for (int j = i + 1; j < Classes; j++)
            {
                double sum = Rho[decisions.Count];
                for (int v = first[i]; v < first[i + 1]; v++)
                    sum += Coefficients[((j - 1) * all) + v] * kernel[v];
                for (int v = first[j]; v < first[j + 1]; v++)
                    sum += Coefficients[(i * all) + v] * kernel[v];
                decisions.Add(sum);
            }
        }

        return [.. decisions];
    }

    private double KernelOf(double[] x, float[] vector)
    {
        double product = 0, distance = 0;
        for (int f = 0; f < Features; f++)
        {
            product += x[f] * vector[f];
            distance += Math.Pow(x[f] - vector[f], 2);
        }

        return Kernel switch
        {
            "LINEAR" => product,
            "POLY" => Math.Pow((Gamma * product) + Constant, Degree),
            "RBF" => Math.Exp(-Gamma * distance),
            _ => Math.Tanh((Gamma * product) + Constant),
        };
    }

    /// <summary>Platt's shares of pairs, and shares of classes that fit them best, by the sweeps of Wu, Lin and Weng.</summary>
    private double[] Shares(double[] decisions)
    {
        double[,] r = new double[Classes, Classes];
        int pair = 0;
        for (int i = 0; i < Classes; i++)
        {
            for (int j = i + 1; j < Classes; j++, pair++)
            {
                r[i, j] = Math.Clamp(1 / (1 + Math.Exp((A[pair] * decisions[pair]) + B[pair])), 1e-7, 1 - 1e-7);
                r[j, i] = 1 - r[i, j];
            }
        }

        double[] p = new double[Classes];
        Array.Fill(p, 1.0 / Classes);
        double Q(int i, int j) => i == j ? Enumerable.Range(0, Classes).Where(k => k != i).Sum(k => r[k, i] * r[k, i]) : -r[j, i] * r[i, j];
        double Row(int i) => Enumerable.Range(0, Classes).Sum(j => Q(i, j) * p[j]);
        double Mean() => Enumerable.Range(0, Classes).Sum(i => p[i] * Row(i));
        for (int sweep = 0; sweep < 100 && Enumerable.Range(0, Classes).Any(i => Math.Abs(Row(i) - Mean()) >= 0.005 / Classes); sweep++)
        {
            for (int i = 0; i < Classes; i++)
            {
                p[i] += (Mean() - Row(i)) / Q(i, i);
                double whole = p.Sum();
                for (int j = 0; j < Classes; j++)
                    p[j] /= whole;
            }
        }

        return p;
    }

    private double[] Transformed(double[] scores)
    {
        double[] exponentials = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
        return Transform switch
        {
            "LOGISTIC" => [.. scores.Select(score => 1 / (1 + Math.Exp(-score)))],
            "SOFTMAX" or "SOFTMAX_ZERO" => [.. exponentials.Select(e => e / exponentials.Sum())],
            "PROBIT" => [.. scores.Select(Probit)],
            _ => scores,
        };
    }

    private static double Probit(double share)
    {
        double log = Math.Log((2 - (2 * share)) * 2 * share), v = (2 / (Math.PI * 0.147)) + (log / 2);
        return Math.Sign((2 * share) - 1) * Math.Sqrt(2 * (Math.Sqrt((v * v) - (log / 0.147)) - v));
    }
}
