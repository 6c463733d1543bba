using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Training;

/// <summary>Means over the examples of a pass: Σ w·m·v/Σ w·m, both added up over the batches in double precision, so that they do not depend on the size of batches.</summary>
/// <param name="outputs">Where a batch puts out its sums.</param>
internal sealed class MeanTotals(IReadOnlyList<MeanOutput> outputs)
{
    /// <summary>Σ w·m·v of each mean.</summary>
    public double[] Sums { get; } = new double[outputs.Count];

    /// <summary>Σ w·m of each mean.</summary>
    public double[] Weights { get; } = new double[outputs.Count];

    /// <summary>Adds a batch.</summary>
    /// <param name="values">The outputs of its computation.</param>
    /// <param name="count">The number of its examples.</param>
    public void Add(ReadOnlySpan<Value> values, int count)
    {
        for (int i = 0; i < Sums.Length; i++)
        {
            MeanOutput output = outputs[i];
            double weight = output.Weight is { } at ? values[at].Scalar() : count, value = values[output.Value].Scalar();
            Sums[i] += output.IsMean ? value * weight : value;
            Weights[i] += weight;
        }
    }

    public void CopyFrom(MeanTotals other)
    {
        other.Sums.CopyTo(Sums, 0);
        other.Weights.CopyTo(Weights, 0);
    }

    /// <summary>A measure of all examples so far; NaN while none counts. A part of it for which no example counts is 0, as it is in a batch.</summary>
    /// <param name="measure">Its number.</param>
    public double Mean(int measure)
    {
        double mean = 0.0;
        bool any = false;
        for (int i = 0; i < Sums.Length; i++)
        {
            if (outputs[i].Measure != measure || Weights[i] == 0.0)
                continue;
            any = true;
            mean += Sums[i] / Weights[i];
        }

        return any ? mean : double.NaN;
    }

    /// <summary>A measure of all examples of a pass.</summary>
    /// <param name="measure">Its number.</param>
    /// <param name="name">Its name, for the message.</param>
    /// <exception cref="DataException">No example counts for any part of it.</exception>
    public double Mean(int measure, string name) => Enumerable.Range(0, Sums.Length).Any(i => outputs[i].Measure == measure && Weights[i] != 0.0)
        ? Mean(measure)
        : throw new DataException(
            $"Expected examples of a weight above 0 and with a label for \"{name}\", found that none of the pass counts: a mean over them does not exist.");
}
