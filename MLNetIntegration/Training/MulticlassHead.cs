using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A key label: a softmax over its classes. Source: book section 6.2.2.3.</summary>
internal sealed class MulticlassHead(NeuralNetworkOptions options) : LayeredHead(options)
{
    public override string ExpectedLabel => "a key; make one with Transforms.Conversion.MapValueToKey";

    public override bool HasOutputPerClass => true;

    public override bool Accepts(DataViewType type) => type is KeyDataViewType;

    public override Loss Loss => new SoftmaxCrossEntropy { Smoothing = Options.LabelSmoothing };

    public override Metric Metric(LabelScale scale) => new Accuracy();

    public override IReadOnlyList<Output> Outputs(Variable prediction, NetworkPlan plan, LabelColumn label, LabelScale scale) => [new Output("Score", prediction.Softmax())];

    public override PredictionOptions Prediction(DataViewSchema.Column label) =>
        new() { Task = PredictionTask.Multiclass, LabelColumn = Named(label), ProbabilityColumn = null };

    public override IEnumerable<SchemaShape.Column> Columns(SchemaShape.Column label) =>
        [SchemaColumns.Vector("Score", hasSlotNames: true), SchemaColumns.Key("PredictedLabel", label)];
}
