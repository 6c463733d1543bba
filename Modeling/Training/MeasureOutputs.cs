using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;

namespace Toolkit.Modeling.Training;

/// <summary>
/// The outputs of a computation that hold loss and metrics of a batch as sums, so that means over many batches are exact. Where examples have weights, or do not all
/// count, there is a second output for each, of the name with ".weight" behind it, with the Σ w·m that Σ w·m·v is to be divided by.
/// </summary>
/// <param name="weight">w, [batch], or null.</param>
/// <param name="first">Outputs that come before.</param>
internal sealed class MeasureOutputs(Variable? weight, params Output[] first)
{
    private readonly List<Output> outputs = [.. first], weights = [];
    private readonly List<(int Measure, int Value, int? Weight, bool IsMean)> means = [];
    private int measures;

    /// <summary>All outputs, the weights last.</summary>
    public IReadOnlyList<Output> Outputs => [.. outputs, .. weights];

    /// <summary>Where the means are.</summary>
    public IReadOnlyList<MeanOutput> Means => [.. means.Select(m => new MeanOutput(m.Measure, m.Value, m.Weight + outputs.Count, m.IsMean))];

    /// <summary>Adds the loss.</summary>
    /// <param name="terms">Its parts.</param>
    /// <param name="mean">The output that holds the mean already, or null.</param>
    public void AddLoss(IReadOnlyList<LossTerm> terms, int? mean = null)
    {
        // The mean of a batch in which each example counts once is its sum already, but for the number of examples.
        if (mean is { } at && terms is [{ Counts: null }] && weight is null)
        {
            means.Add((measures++, at, null, true));
            return;
        }

        for (int i = 0; i < terms.Count; i++)
        {
            string name = i == 0 ? "loss" : $"loss.{(i + 1).ToString(CultureInfo.InvariantCulture)}";
            Add(mean is null ? name : $"{name}.sum", terms[i].PerExample, terms[i].Counts);
        }

        measures++;
    }

    /// <summary>Adds the metrics.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="prediction">What the model gives.</param>
    /// <param name="target">Labels or targets.</param>
    /// <param name="someUnlabelled">Whether a label of −1 stands for an example that metrics pass over.</param>
    public void AddMetrics(IEnumerable<Metric> metrics, Variable prediction, Variable target, bool someUnlabelled)
    {
        Variable? labelled = someUnlabelled && target.DType == DType.Int64
            ? Ops.GreaterOrEqual(target, Variable.Scalar(0, DType.Int64)).Cast(prediction.DType)
            : null;
        foreach (Metric metric in metrics)
        {
            Add(metric.Name, metric.PerExample(prediction, target), WeightedMean.Product(labelled, metric.Counts(prediction, target)));
            measures++;
        }
    }

    private void Add(string name, Variable perExample, Variable? counts)
    {
        if (weight is null && counts is null)
        {
            means.Add((measures, outputs.Count, null, false));
            outputs.Add(new Output(name, perExample.Sum()));
            return;
        }

        // Not scaled, unlike in the mean of a batch: the sums of different batches are added up.
        Variable count = weight is null ? counts!.Cast(DType.Float64) : weight.Cast(DType.Float64);
        if (weight is not null && counts is not null)
            count *= counts.Cast(DType.Float64);
        means.Add((measures, outputs.Count, weights.Count, false));
        outputs.Add(new Output(name, (count * WeightedMean.Present(perExample, count).Cast(DType.Float64)).Sum()));
        weights.Add(new Output($"{name}.weight", count.Sum()));
    }
}
