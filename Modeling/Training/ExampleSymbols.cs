using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Training;

/// <summary>The examples of a batch as variables of a graph: the inputs "input", "target" and, if they have weights, "weight".</summary>
internal sealed class ExampleSymbols
{
    private readonly Variable? anyCounts;

    /// <summary>Examples of a layout, as many as there will be.</summary>
    public ExampleSymbols(DataLayout layout)
        : this(
            Variable.Input("input", DType.Float32, ["batch", .. layout.FeatureShape.Select(size => (Dim)size)]),
            layout.HasLabels
                ? Variable.Input("target", DType.Int64, ["batch"])
                : Variable.Input("target", DType.Float32, ["batch", .. layout.TargetShape.Select(size => (Dim)size)]),
            layout.HasWeights ? Variable.Input(TrainingGraph.WeightInput, DType.Float32, ["batch"]) : null)
    {
    }

    /// <summary>Examples of given inputs.</summary>
    public ExampleSymbols(Variable input, Variable target, Variable? weight)
    {
        Weight = weight;
        All = weight is null ? [input, target] : [input, target, weight];
        // Examples that do not count are 0 from here on, so that nothing about them can overflow and spread.
        Input = WeightedMean.Present(input, weight);
        Target = target.DType.IsFloating() ? WeightedMean.Present(target, weight) : target;
        anyCounts = weight is null ? null : Ops.Greater(weight.ReduceMax([0]), 0.0);
    }

    /// <summary>The inputs, in the order in which values are given.</summary>
    public IReadOnlyList<Variable> All { get; }

    /// <summary>x: the features.</summary>
    public Variable Input { get; }

    /// <summary>y: labels or targets.</summary>
    public Variable Target { get; }

    /// <summary>w, or null.</summary>
    public Variable? Weight { get; }

    /// <summary>The values of a batch for <see cref="All"/>.</summary>
    public static void Bind(Batch batch, Value[] values)
    {
        (values[0], values[1]) = (batch.Features, batch.Target);
        if (batch.Weights is { } weights)
            values[2] = weights;
    }

    /// <summary>How many inputs examples of a layout have.</summary>
    public static int Count(DataLayout layout) => layout.HasWeights ? 3 : 2;

    /// <summary>The update, which changes nothing if all weights are 0: such a batch is not there.</summary>
    public Update IfAnyCounts(Update update) => anyCounts is null ? update : update with { NewValue = Ops.Where(anyCounts, update.NewValue, update.Parameter) };
}
