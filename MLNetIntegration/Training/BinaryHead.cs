using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A Boolean label: a sigmoid of one logit, which is the score. Source: book section 6.2.2.2.</summary>
internal sealed class BinaryHead(NeuralNetworkOptions options) : LayeredHead(options)
{
    public override string ExpectedLabel => "Boolean";

    public override bool Accepts(DataViewType type) => type is BooleanDataViewType;

    public override Loss Loss => new BinaryCrossEntropy();

    public override Metric Metric(LabelScale scale) => new Accuracy();

    public override IReadOnlyList<Output> Outputs(Variable prediction, NetworkPlan plan, LabelColumn label, LabelScale scale) => [new Output("Score", prediction)];

    public override PredictionOptions Prediction(DataViewSchema.Column label) => new() { Task = PredictionTask.Binary, ScoresAreLogits = true };

    public override IEnumerable<SchemaShape.Column> Columns(SchemaShape.Column label) =>
        [SchemaColumns.Number("Score"), SchemaColumns.Number("Probability"), SchemaColumns.Boolean("PredictedLabel")];
}
