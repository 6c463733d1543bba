using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.Samples.Tabular.Cases;

/// <summary>Three species of iris by four lengths (Fisher 1936): 150 rows.</summary>
internal sealed class Iris : MulticlassCase
{
    public override string Name => "iris";

    public override string Description => "3 species, 4 lengths; 150 rows, 30 % for testing";

    public override string Folder => "iris";

    public override (IDataView Train, IDataView Test) Load(MLContext ml, string folder)
    {
        IDataView rows = ml.Data.LoadFromTextFile(
            Path.Combine(folder, "iris.data"),
            [new TextLoader.Column("Features", DataKind.Single, 0, 3), new TextLoader.Column("Species", DataKind.String, 4)],
            separatorChar: ',');
        return Divide(ml, rows, 0.3);
    }

    public override IEstimator<ITransformer> Featurize(MLContext ml) => ml.Transforms.Conversion.MapValueToKey("Label", "Species");
}
