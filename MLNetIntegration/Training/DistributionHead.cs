using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A Single or Double label: a Gaussian whose mean and variance depend on the row. Source: book section 6.2.2.4.</summary>
internal sealed class DistributionHead(NeuralNetworkOptions options) : LayeredHead(options)
{
    public override string ExpectedLabel => "Single or Double";

    public override bool StandardizesLabel => true;

    public override IReadOnlyDictionary<string, IReadOnlyList<string>> SlotNames => Options.Quantiles.Count < 2
        ? base.SlotNames
        : new Dictionary<string, IReadOnlyList<string>>
        {
            ["Quantiles"] = [.. Options.Quantiles.Select(q => string.Create(CultureInfo.InvariantCulture, $"{100 * q:0.###} %"))],
        };

    public override IReadOnlyList<string> OutputNames => ["Score", "Variance", "Quantiles"];

    public override bool Accepts(DataViewType type) => LabelColumn.IsNumber(type);

    public override int Outputs(int ofLabel) => 2;

    public override Loss Loss => new HeteroscedasticGaussian();

    public override Metric Metric(LabelScale scale) => new ErrorInUnits(scale.Deviation);

    public override IReadOnlyList<Output> Outputs(Variable prediction, NetworkPlan plan, LabelColumn label, LabelScale scale)
    {
        Distribution distribution = ((Likelihood)Loss).Of(prediction);
        var outputs = new List<Output>
        {
            new("Score", scale.Restore(distribution.Mean)),
            new("Variance", distribution.Variance * (scale.Deviation * scale.Deviation)),
        };
        if (Options.Quantiles.Count > 0)
        {
            outputs.Add(new Output("Quantiles", Ops.Concat(1, [.. Options.Quantiles.Select(q => scale.Restore(distribution.Quantile(q)))])));
        }

        return outputs;
    }

    public override IEnumerable<SchemaShape.Column> Columns(SchemaShape.Column label)
    {
        yield return SchemaColumns.Number("Score");
        yield return SchemaColumns.Number("Variance");
        if (Options.Quantiles.Count > 0)
        {
            yield return Options.Quantiles.Count == 1 ? SchemaColumns.Number("Quantiles") : SchemaColumns.Vector("Quantiles", hasSlotNames: true);
        }
    }
}
