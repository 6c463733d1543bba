using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Training;

/// <summary>
/// The outputs of a computation that hold loss and metrics of a batch as sums, so that those of many batches can be added up. Where the examples of a mean have weights, or
/// do not all count, there is a second output for it, of the name with ".weight" behind it, with the Σ w·m that Σ w·m·v is to be divided by.
/// </summary>
/// <param name="first">Outputs that come before.</param>
internal sealed class MeasureList(params Output[] first)
{
    private readonly List<Output> outputs = [.. first], weights = [];
    private readonly List<(int Measure, int Value, int? Weight, bool IsMean)> means = [];
    private readonly List<SumOutput> sums = [];
    private int measures;

    /// <summary>All outputs, the weights last.</summary>
    public IReadOnlyList<Output> Outputs => [.. outputs, .. weights];

    /// <summary>Where everything is that is added up.</summary>
    public Measures Measures => new([.. means.Select(m => new MeanOutput(m.Measure, m.Value, m.Weight + outputs.Count, m.IsMean))], sums);

    /// <summary>Adds the loss.</summary>
    /// <param name="terms">Its parts.</param>
    /// <param name="mean">The output that holds the mean already, or null.</param>
    public void AddLoss(IReadOnlyList<CountedTerm> terms, int? mean = null)
    {
        // The mean of a batch in which each example counts once is its sum already, but for the number of examples.
        if (mean is { } at && terms is [{ Counts: null, Weight: null }])
        {
            means.Add((measures++, at, null, true));
            return;
        }

        for (int i = 0; i < terms.Count; i++)
        {
            string name = i == 0 ? "loss" : $"loss.{(i + 1).ToString(CultureInfo.InvariantCulture)}";
            Add(mean is null ? name : $"{name}.sum", terms[i].PerExample, Count(terms[i].Weight, terms[i].Counts));
        }

        measures++;
    }

    /// <summary>Adds the metrics.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="outputs">What the model gives.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="loss">Says for which targets a label of −1 stands for an example that metrics pass over.</param>
    public void AddMetrics(IEnumerable<Metric> metrics, Named outputs, ExampleSymbols examples, Loss loss)
    {
        foreach (Metric metric in metrics)
        {
            (Variable prediction, Variable target, Variable? counts, Variable? weight) =
                Compared.Of(metric.GetType().Name, (metric.Output, metric.Target, metric.Weight), outputs, examples.Fields, examples);
            bool someUnlabelled = target.DType == DType.Int64 && loss.Summands.Any(part => part.Target == metric.Target && part.TakesUnlabelled);
            Variable? labelled = someUnlabelled ? Ops.GreaterOrEqual(target, Variable.Scalar(0, DType.Int64)).Cast(prediction.DType) : null;
            if (metric.MeanOf(prediction, target) is { } mean)
                Add(metric.FullName, mean.PerExample, Count(weight, counts, labelled, mean.Counts));
            else
                Add(metric, metric.Observe(prediction, target, Count(weight, counts, labelled)));
            measures++;
        }
    }

    private void Add(string name, Variable perExample, Variable? count)
    {
        if (count is null)
        {
            means.Add((measures, outputs.Count, null, false));
            outputs.Add(new Output(name, perExample.Sum()));
            return;
        }

        means.Add((measures, outputs.Count, weights.Count, false));
        outputs.Add(new Output(name, (count * WeightedMean.Present(perExample, count).Cast(DType.Float64)).Sum()));
        weights.Add(new Output($"{name}.weight", count.Sum()));
    }

    private void Add(Metric metric, IReadOnlyList<Variable> observed)
    {
        var places = new List<int>();
        foreach (Variable sum in observed)
        {
            if (!sum.Shape.IsStatic)
                throw new ShapeException($"{metric.GetType().Name} expects sums of known shapes to be added up, found {sum.Shape}.");
            places.Add(outputs.Count);
            outputs.Add(new Output($"{metric.FullName}.{places.Count.ToString(CultureInfo.InvariantCulture)}", sum.Cast(DType.Float64)));
        }

        sums.Add(new SumOutput(measures, metric, places, [.. observed.Select(sum => sum.Shape.ElementCount.Size)]));
    }

    /// <summary>The product of what is given, float64. Not scaled, unlike in the mean of a batch: the sums of different batches are added up.</summary>
    private static Variable? Count(params ReadOnlySpan<Variable?> factors)
    {
        Variable? product = null;
        foreach (Variable? factor in factors)
            product = WeightedMean.Both(product, factor?.Cast(DType.Float64));
        return product;
    }
}
