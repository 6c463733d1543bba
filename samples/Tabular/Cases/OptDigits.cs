using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.Samples.Tabular.Cases;

/// <summary>Handwritten digits as counts in 8 × 8 blocks (Alpaydin and Kaynak 1998).</summary>
internal sealed class OptDigits : MulticlassCase
{
    public override string Name => "optdigits";

    public override string Description => "10 digits, 64 counts; 3,823 training and 1,797 test rows of other writers";

    public override string Folder => "optdigits";

    public override (IDataView Train, IDataView Test) Load(MLContext ml, string folder) =>
        (Read(ml, Path.Combine(folder, "optdigits-train.csv")), Read(ml, Path.Combine(folder, "optdigits-test.csv")));

    public override IEstimator<ITransformer> Featurize(MLContext ml) => ml.Transforms.NormalizeMinMax("Features").Append(ml.Transforms.Conversion.MapValueToKey(
        "Label", "Digit", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue));

    private static IDataView Read(MLContext ml, string file) => ml.Data.LoadFromTextFile(
        file, [new TextLoader.Column("Features", DataKind.Single, 0, 63), new TextLoader.Column("Digit", DataKind.Single, 64)], separatorChar: ',');
}
