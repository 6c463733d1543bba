using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Scoring;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A network and loss of the user's own, for any label.</summary>
internal sealed class CustomHead(Func<NetworkInput, NetworkPlan> build, NetworkOptions options) : NetworkHead
{
    public override string ExpectedLabel => "a key, Boolean, Single, Double or a vector of Single or Double of known length";

    public override IReadOnlyList<string> OutputNames => [options.ScoreColumn];

    public override bool Accepts(DataViewType type) => type is KeyDataViewType or BooleanDataViewType || LabelColumn.IsNumber(type)
        || (type is VectorDataViewType { IsKnownSize: true } vector && LabelColumn.IsNumber(vector.ItemType));

    public override NetworkPlan Plan(NetworkInput input) => build(input);

    public override IReadOnlyList<Output> Outputs(Variable prediction, NetworkPlan plan, LabelColumn label, LabelScale scale)
    {
        Variable score = plan.Score?.Invoke(prediction) ?? prediction;
        bool many = label.Column.Type is KeyDataViewType or VectorDataViewType;
        bool found = score.Shape.Skip(1).Any(d => d != 1);
        return many == found ? [new Output(options.ScoreColumn, score)] : throw new TrainingException(
            $"Expected a score of {(many ? "several numbers" : "one number")} per row for the label {label.Column.Type}, found the shape {score.Shape}; "
            + $"{nameof(NetworkPlan)}.{nameof(NetworkPlan.Score)} makes it of the network's output.");
    }

    public override PredictionOptions? Prediction(DataViewSchema.Column label) => options.Prediction is null ? null
        : options.Prediction with { LabelColumn = options.Prediction.LabelColumn ?? (options.Prediction.Labels is null ? Named(label) : null) };

    public override IEnumerable<SchemaShape.Column> Columns(SchemaShape.Column label)
    {
        bool many = label.IsKey || label.Kind == SchemaShape.Column.VectorKind.Vector;
        yield return many ? SchemaColumns.Vector(options.ScoreColumn, hasSlotNames: false) : SchemaColumns.Number(options.ScoreColumn);
        if (options.Prediction is not { } prediction)
        {
            yield break;
        }

        if (prediction.ProbabilityColumn is { } probability)
        {
            yield return many ? SchemaColumns.Vector(probability, hasSlotNames: false) : SchemaColumns.Number(probability);
        }

        if (prediction.PredictedLabelColumn is { } predicted)
        {
            yield return prediction.Task == PredictionTask.Binary ? SchemaColumns.Boolean(predicted)
                : prediction.PredictedLabelAsText ? SchemaColumns.Text(predicted) : SchemaColumns.Key(predicted, label);
        }
    }
}
