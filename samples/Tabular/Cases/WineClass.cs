using Microsoft.ML;

namespace Toolkit.Samples.Tabular.Cases;

/// <summary>Grade of white wine as one of 7 classes.</summary>
internal sealed class WineClass : MulticlassCase
{
    public override string Name => "wine-class";

    public override string Description => "grade of white wine as one of 7 classes, 11 measurements; 4,898 rows, 20 % for testing";

    public override string Folder => "wine-quality";

    protected override bool HasWaves => true;

    public override (IDataView Train, IDataView Test) Load(MLContext ml, string folder) => Divide(ml, WineRows.Load(ml, folder), 0.2);

    public override IEstimator<ITransformer> Featurize(MLContext ml) => ml.Transforms.Conversion.MapValueToKey("Label", "Quality")
        .Append(WineRows.Waved(ml));
}
