using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.Samples.Tabular.Cases;

/// <summary>Grade of white wine as one of 7 classes.</summary>
internal sealed class WineClass : MulticlassCase
{
    public override string Name => "wine-class";

    public override string Description => "grade of white wine as one of 7 classes, 11 measurements; 4,898 rows, 20 % for testing";

    public override string Folder => "wine-quality";

    protected override NeuralNetworkOptions Network => new()
    {
        FeatureColumns = [nameof(Derived.Waves)],
        HiddenUnits = [512, 512, 256],
        Epochs = 60,
        Dropout = 0.4,
        WeightDecay = 0,
        BatchSize = 64,
        ValidationFraction = 0,
        Standardize = false,
    };

    public override (IDataView Train, IDataView Test) Load(MLContext ml, string folder) => Divide(ml, WineRows.Load(ml, folder), 0.2);

    /// <summary>Trees and linear models see the measurements, the network also waves of them.</summary>
    public override IEstimator<ITransformer> Featurize(MLContext ml) => ml.Transforms.Conversion.MapValueToKey("Label", "Quality")
        .Append(ml.Transforms.NormalizeMeanVariance(nameof(Measured.Normal), "Features", fixZero: false))
        .Append(ml.Transforms.CustomMapping<Measured, Derived>((m, d) => d.Waves = [.. m.Normal.SelectMany(x => Waves.Of(x, 3).Prepend(x))], contractName: null));

    private sealed class Measured
    {
        [VectorType(11)]
        public float[] Normal { get; set; } = [];
    }

    private sealed class Derived
    {
        [VectorType(77)]
        public float[] Waves { get; set; } = [];
    }
}
