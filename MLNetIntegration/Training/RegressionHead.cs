using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A Single or Double label: its conditional mean, by squared error. Source: book section 6.2.2.1.</summary>
internal sealed class RegressionHead(NeuralNetworkOptions options) : LayeredHead(options)
{
    public override string ExpectedLabel => "Single or Double";

    public override bool StandardizesLabel => true;

    public override bool Accepts(DataViewType type) => LabelColumn.IsNumber(type);

    public override Loss Loss => new MeanSquaredError();

    public override Metric Metric(LabelScale scale) => new ErrorInUnits(scale.Deviation);

    public override IReadOnlyList<Output> Outputs(Variable prediction, NetworkPlan plan, LabelColumn label, LabelScale scale) => [new Output("Score", scale.Restore(prediction))];

    public override IEnumerable<SchemaShape.Column> Columns(SchemaShape.Column label) => [SchemaColumns.Number("Score")];
}
