using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Training;

/// <summary>Loss and metrics over the examples of a pass, added up over the batches in double precision, so that they do not depend on the size of batches: means as Σ w·m·v
/// and Σ w·m, other metrics as what they observe.</summary>
/// <param name="measures">Where a batch puts out its sums.</param>
internal sealed class MeasureTotals(Measures measures)
{
    /// <summary>Σ w·m·v of each mean.</summary>
    public double[] Sums { get; } = new double[measures.Means.Count];

    /// <summary>Σ w·m of each mean.</summary>
    public double[] Weights { get; } = new double[measures.Means.Count];

    /// <summary>What was observed by each metric that is no mean, one after the other.</summary>
    public double[][] Observed { get; } = [.. measures.Sums.SelectMany(sum => sum.Lengths.Select(length => new double[length]))];

    /// <summary>Adds a batch.</summary>
    /// <param name="values">The outputs of its computation.</param>
    /// <param name="count">The number of its examples.</param>
    public void Add(ReadOnlySpan<Value> values, int count)
    {
        for (int i = 0; i < Sums.Length; i++)
        {
            MeanOutput output = measures.Means[i];
            double weight = output.Weight is { } at ? values[at].Scalar() : count, value = values[output.Value].Scalar();
            Sums[i] += output.IsMean ? value * weight : value;
            Weights[i] += weight;
        }

        int next = 0;
        foreach (SumOutput sum in measures.Sums)
        {
            foreach (int output in sum.Outputs)
            {
                double[] total = Observed[next++];
                ReadOnlySpan<double> found = values[output].Span<double>();
                for (int i = 0; i < total.Length; i++)
                    total[i] += found[i];
            }
        }
    }

    /// <summary>How many numbers all sums have.</summary>
    public int Length => Sums.Length + Weights.Length + Observed.Sum(sum => sum.Length);

    /// <summary>Makes all sums 0.</summary>
    public void Clear()
    {
        Array.Clear(Sums);
        Array.Clear(Weights);
        foreach (double[] sum in Observed)
            Array.Clear(sum);
    }

    /// <summary>Writes all sums one after the other.</summary>
    public void CopyTo(Span<double> numbers)
    {
        Sums.CopyTo(numbers);
        Weights.CopyTo(numbers[Sums.Length..]);
        int at = Sums.Length + Weights.Length;
        foreach (double[] sum in Observed)
        {
            sum.CopyTo(numbers[at..]);
            at += sum.Length;
        }
    }

    /// <summary>Adds sums as <see cref="CopyTo"/> writes them.</summary>
    public void Add(ReadOnlySpan<double> numbers)
    {
        numbers = AddTo(Sums, numbers);
        numbers = AddTo(Weights, numbers);
        foreach (double[] sum in Observed)
            numbers = AddTo(sum, numbers);

        static ReadOnlySpan<double> AddTo(double[] sum, ReadOnlySpan<double> numbers)
        {
            for (int i = 0; i < sum.Length; i++)
                sum[i] += numbers[i];
            return numbers[sum.Length..];
        }
    }

    public void CopyFrom(MeasureTotals other)
    {
        other.Sums.CopyTo(Sums, 0);
        other.Weights.CopyTo(Weights, 0);
        for (int i = 0; i < Observed.Length; i++)
            other.Observed[i].CopyTo(Observed[i], 0);
    }

    /// <summary>What was observed by each metric that is no mean.</summary>
    public Dictionary<string, IReadOnlyList<double[]>> ByName()
    {
        var named = new Dictionary<string, IReadOnlyList<double[]>>(StringComparer.Ordinal);
        int before = 0;
        foreach (SumOutput sum in measures.Sums)
        {
            named.Add(sum.Metric.FullName, Observed[before..(before + sum.Outputs.Count)]);
            before += sum.Outputs.Count;
        }

        return named;
    }

    /// <summary>A measure of all examples so far; NaN while none counts. A part of it for which no example counts is 0, as it is in a batch.</summary>
    /// <param name="measure">Its number.</param>
    public double Of(int measure)
    {
        int before = 0;
        foreach (SumOutput sum in measures.Sums)
        {
            if (sum.Measure == measure)
                return sum.Metric.Total(Observed.AsSpan(before, sum.Outputs.Count).ToArray());
            before += sum.Outputs.Count;
        }

        double mean = 0.0;
        bool any = false;
        for (int i = 0; i < Sums.Length; i++)
        {
            if (measures.Means[i].Measure != measure || Weights[i] == 0.0)
                continue;
            any = true;
            mean += Sums[i] / Weights[i];
        }

        return any ? mean : double.NaN;
    }

    /// <summary>A measure of all examples of a pass.</summary>
    /// <param name="measure">Its number.</param>
    /// <param name="name">Its name, for the message.</param>
    /// <exception cref="DataException">It is a mean, and no example counts for any part of it.</exception>
    public double Of(int measure, string name) => measures.Sums.Any(sum => sum.Measure == measure)
        || Enumerable.Range(0, Sums.Length).Any(i => measures.Means[i].Measure == measure && Weights[i] != 0.0)
        ? Of(measure)
        : throw new DataException(
            $"Expected examples of a weight above 0 and with a label for \"{name}\", found that none of the pass counts: a mean over them does not exist.");
}
