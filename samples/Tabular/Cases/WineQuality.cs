using Microsoft.ML;

namespace Toolkit.Samples.Tabular.Cases;

/// <summary>Grade of white wine as a number.</summary>
internal sealed class WineQuality : RegressionCase
{
    public override string Name => "wine";

    public override string Description => "grade of white wine as a number, 11 measurements; 4,898 rows, 20 % for testing";

    public override string Folder => "wine-quality";

    protected override bool HasWaves => true;

    public override (IDataView Train, IDataView Test) Load(MLContext ml, string folder) => Divide(ml, WineRows.Load(ml, folder), 0.2);

    public override IEstimator<ITransformer> Featurize(MLContext ml) => ml.Transforms.CopyColumns("Label", "Quality")
        .Append(WineRows.Waved(ml));
}
