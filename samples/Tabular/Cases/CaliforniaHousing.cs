using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.Samples.Tabular.Cases;

/// <summary>The median value of houses in a district, in thousands of dollars, with a distribution of it (Pace and Barry 1997).</summary>
internal sealed class CaliforniaHousing : RegressionCase
{
    public override string Name => "california";

    public override string Description => "house values in 1,000 dollars with 90 % intervals, 8 numbers with gaps and a text; 20,640 rows, 20 % for testing";

    public override string Folder => "california-housing";

    protected override bool HasWaves => true;

    protected override NeuralNetworkOptions Network => new() { MissingFeatures = MissingFeatures.Impute };

    public override (IDataView Train, IDataView Test) Load(MLContext ml, string folder)
    {
        IDataView rows = ml.Data.LoadFromTextFile<District>(
            Path.Combine(folder, "housing.csv"), new TextLoader.Options { Separators = [','], HasHeader = true, MissingRealsAsNaNs = true });
        return Divide(ml, rows, 0.2);
    }

    public override IEstimator<ITransformer> Featurize(MLContext ml) => ml.Transforms.CustomMapping<District, Derived>(Derive, contractName: null)
        .Append(ml.Transforms.Categorical.OneHotEncoding("ocean", nameof(District.OceanProximity)))
        .Append(ml.Transforms.Conversion.MapValueToKey("ocean-key", nameof(District.OceanProximity)))
        .Append(ml.Transforms.CopyColumns("Sines", nameof(Derived.Waves)))
        .Append(ml.Transforms.Concatenate("Features", nameof(Derived.Numbers), "ocean"))
        .Append(ml.Transforms.Concatenate("Waves", "Features", nameof(Derived.Waves)));

    public override IReadOnlyList<Contender> Contenders(MLContext ml)
    {
        IReadOnlyList<Contender> all = base.Contenders(ml);
        Contender head = all[0] with
        {
            Name = "with a heteroscedastic head",
            SettingsOf = all[0].Name,
            Trainer = (s, seed) => ml.Regression.HeteroscedasticNeuralNetwork(NetworkSpace.Options(s, seed, Network)),
        };
        IEstimator<ITransformer> fill = ml.Transforms.ReplaceMissingValues("Features", replacementMode: Microsoft.ML.Transforms.MissingValueReplacingEstimator.ReplacementMode.Mean);
        var vectors = new Contender("network with embeddings", Family.Network, NetworkSpace.WithVectors, (s, seed) => ml.Regression.NeuralNetwork(
            NetworkSpace.Options(s, seed, Network, s.Is("waves") ? [nameof(Derived.Numbers), "Sines"] : [nameof(Derived.Numbers)], ["ocean-key"])))
        {
            TriesOf = all[0].Name,
        };
        return
        [
            all[0],
            head,
            vectors,
            .. all.Skip(1).Select(c => c with { Trainer = (s, seed) => fill.Append(c.Trainer(s, seed)) }),
        ];
    }

    public override IReadOnlyDictionary<string, double> Measure(MLContext ml, IDataView scored)
    {
        var figures = new Dictionary<string, double>(base.Measure(ml, scored));
        if (scored.Schema.GetColumnOrNull("Quantiles") is { } column)
        {
            float[][] quantiles = [.. scored.GetColumn<float[]>(column)];
            float[] labels = [.. scored.GetColumn<float>("Label")];
            figures["90 % interval covers %"] = 100.0 * labels.Where((l, i) => quantiles[i][0] <= l && l <= quantiles[i][^1]).Count() / labels.Length;
        }

        return figures;
    }

    /// <summary>Counts as logarithms and per household; places also along the two diagonals, between which the coast runs, and as waves.</summary>
    private static void Derive(District d, Derived derived)
    {
        derived.Label = d.MedianHouseValue / 1000;
        derived.Numbers =
        [
            d.Longitude, d.Latitude, d.Longitude + d.Latitude, d.Longitude - d.Latitude, d.HousingMedianAge, MathF.Log(d.TotalRooms), MathF.Log(d.TotalBedrooms),
            MathF.Log(d.Population), MathF.Log(d.Households), MathF.Log(d.MedianIncome), d.MedianIncome, MathF.Log(d.TotalRooms / d.Households),
            MathF.Log(d.TotalBedrooms / d.TotalRooms), MathF.Log(d.Population / d.Households),
        ];
        derived.Waves =
        [
            .. Waves.Of(d.Longitude, 4), .. Waves.Of(d.Latitude, 4), .. Waves.Of(d.Longitude + d.Latitude, 4), .. Waves.Of(d.Longitude - d.Latitude, 4),
        ];
    }

    private sealed class District
    {
        [LoadColumn(0)]
        public float Longitude { get; set; }

        [LoadColumn(1)]
        public float Latitude { get; set; }

        [LoadColumn(2)]
        public float HousingMedianAge { get; set; }

        [LoadColumn(3)]
        public float TotalRooms { get; set; }

        [LoadColumn(4)]
        public float TotalBedrooms { get; set; }

        [LoadColumn(5)]
        public float Population { get; set; }

        [LoadColumn(6)]
        public float Households { get; set; }

        [LoadColumn(7)]
        public float MedianIncome { get; set; }

        [LoadColumn(8)]
        public float MedianHouseValue { get; set; }

        [LoadColumn(9)]
        public string OceanProximity { get; set; } = "";
    }

    private sealed class Derived
    {
        public float Label { get; set; }

        [VectorType(14)]
        public float[] Numbers { get; set; } = [];

        [VectorType(32)]
        public float[] Waves { get; set; } = [];
    }
}
