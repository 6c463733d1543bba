using Microsoft.ML;
using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A label that a network learns, and the columns that become of it.</summary>
/// <param name="Head">The kind of task.</param>
/// <param name="Label">The label column.</param>
/// <param name="Prefix">What the names of added columns begin with; empty where there is one task.</param>
/// <param name="Weight">How much its loss counts.</param>
internal sealed record LearnedTask(NetworkHead Head, string Label, string Prefix, double Weight)
{
    /// <summary>The model outputs made of the network's output.</summary>
    public IEnumerable<Output> Outputs(Variable prediction, NetworkPlan plan, LabelColumn label, LabelScale scale) =>
        Head.Outputs(prediction, plan, label, scale).Select(output => output with { Name = Prefix + output.Name });

    /// <summary>The names of these outputs.</summary>
    public IEnumerable<string> OutputNames => Head.OutputNames.Select(name => Prefix + name);

    /// <summary>Names of the elements of outputs.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> SlotNames() => Head.SlotNames.Select(names => KeyValuePair.Create(Prefix + names.Key, names.Value));

    /// <summary>The columns that will be added, as far as they are known before the data are.</summary>
    public IEnumerable<SchemaShape.Column> Columns(SchemaShape.Column label) => Head.Columns(label).Select(c => SchemaColumns.Renamed(Prefix + c.Name, c));

    /// <summary>Columns of predictions.</summary>
    public PredictionOptions? Prediction(DataViewSchema.Column label) => Head.Prediction(label) is not { } prediction || Prefix.Length == 0 ? Head.Prediction(label) : prediction with
    {
        Output = Prefix + "Score",
        PredictedLabelColumn = Prefix + prediction.PredictedLabelColumn,
        ProbabilityColumn = prediction.ProbabilityColumn is { } probability ? Prefix + probability : null,
    };
}
