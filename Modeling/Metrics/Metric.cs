using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Metrics;

/// <summary>A measure of how good predictions are, over all examples of a set: what it observes of a batch is added up over the pass, and the total is a number. Most are
/// means over examples (<see cref="MeanMetric"/>).</summary>
/// <remarks>One of your own is a <c>record</c>, as all of them are, so that <see cref="On"/> and <c>with</c> copy what it holds: from a class, C# says
/// "Only records may inherit from records" (CS8865).</remarks>
public abstract record Metric
{
    /// <summary>What it measures, in lower case.</summary>
    public abstract string Name { get; }

    /// <summary>The name in histories and reports: <see cref="Name"/>, behind that of the output if it is not "output".</summary>
    public string FullName => Output == Named.Output ? Name : $"{Output} {Name}";

    /// <summary>Whether greater values are better; true by default.</summary>
    public virtual bool HigherIsBetter => true;

    /// <summary>The name of the output of the model that is the prediction; "output" by default, what a <see cref="Module"/> gives.</summary>
    public string Output { get; init; } = Named.Output;

    /// <summary>The name of the field of the examples that is the target; "target" by default. Where it is a sequence, each step of it is an example.</summary>
    public string Target { get; init; } = DataLayout.Target;

    /// <summary>The name of a field that says how much an example counts for this metric, beside the "weight" of examples; null (the default) for none.</summary>
    public string? Weight { get; init; }

    /// <summary>The metric of the output and the target of one name.</summary>
    /// <param name="name">The name of the output and of the target.</param>
    /// <param name="weight">The field that says how much examples count; null for none.</param>
    public Metric On(string name, string? weight = null) => this with { Output = name, Target = name, Weight = weight };

    /// <summary>What is added up over the batches of a pass: variables of real numbers and of known shapes.</summary>
    /// <param name="prediction">What the model gives, its first axis that of the examples.</param>
    /// <param name="target">Labels, int64 [n], or targets, of the model's type.</param>
    /// <param name="counts">How much each example counts, float64 [n], at least 0; null if each counts once. What does not count may be infinite or NaN.</param>
    /// <exception cref="ShapeException">Prediction and target do not fit together.</exception>
    /// <exception cref="DTypeException">The metric does not go with such a target.</exception>
    public abstract IReadOnlyList<Variable> Observe(Variable prediction, Variable target, Variable? counts);

    /// <summary>What the metric is the mean of over examples, and how much each counts besides its weight; null if it is no mean.</summary>
    internal virtual (Variable PerExample, Variable? Counts)? MeanOf(Variable prediction, Variable target) => null;

    /// <summary>The measure of all examples; NaN if none counts.</summary>
    /// <param name="sums">What was observed, added up over all batches: the numbers of each variable in row-major order.</param>
    public abstract double Total(IReadOnlyList<double[]> sums);
}
