using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

/// <summary>Species, sex and weight of penguins (Gorman, Williams, Fraser 2014) from three measurements, the year and the island: one network, a metric for each task.</summary>
public sealed class PenguinTests
{
    /// <summary>Birds that are made, and the published ones if they are there.</summary>
    public static TheoryData<string> Sources => File.Exists(Published) ? ["made", "published"] : ["made"];

    private static string? Published => TabularTests.Shared is { } folder ? Path.Combine(folder, "penguins", "penguins.csv") : null;

    /// <summary>On a fifth of the rows. Made birds are told apart nearly as well as their distributions allow; over the seeds 1 to 5 the network reaches on the published ones what
    /// <c>docs/mlnet.md</c> says.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void One_network_tells_species_sex_and_weight(string source)
    {
        bool isMade = source == "made";
        Penguin[] birds = [.. isMade ? Made() : Rows(Published!)];
        double[][] reached = [.. Enumerable.Range(1, isMade ? 1 : 5).Select(seed => Train(birds, (ulong)seed))];
        double Mean(int task) => reached.Average(r => r[task]);
        Assert.InRange(Mean(0), isMade ? 0.95 : 0.985, 1);
        Assert.InRange(Mean(1), isMade ? 0.85 : 0.883, isMade ? 1 : 0.943);
        Assert.InRange(Mean(2), isMade ? 0.8 : 0.835, isMade ? 0.95 : 0.875);
    }

    /// <summary>Accuracy of species and sex, and the share of the variance of the weight that is explained, on test rows; the metrics of the last epoch are of the same kind.</summary>
    private static double[] Train(IEnumerable<Penguin> birds, ulong seed)
    {
        var ml = new MLContext(seed: 1);
        DataOperationsCatalog.TrainTestData parts = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(birds), 0.2, seed: 1);
        TransformerChain<NeuralNetworkTransformer> model = ml.Transforms.Conversion.MapValueToKey([new("Place", "Island"), new("Kind", "Species")])
            .Append(ml.MultiTaskNeuralNetwork(
                [NetworkTask.Multiclass("Kind"), NetworkTask.Binary("IsMale"), NetworkTask.Regression("Mass")],
                new NeuralNetworkOptions
                {
                    FeatureColumns = ["BillLength", "BillDepth", "FlipperLength", "Year", "Place"],
                    HiddenUnits = [32],
                    Optimizer = new Adam { LearningRate = 0.01 },
                    Seed = seed,
                }))
            .Fit(parts.TrainSet);
        Assert.Equal(["Kind accuracy", "IsMale accuracy", "Mass mean absolute error"], model.LastTransformer.History.Epochs[^1].Validation!.Metrics.Keys);
        Assert.InRange(model.LastTransformer.History.Epochs[^1].Validation!["Mass mean absolute error"], 100, 500);
        IDataView scored = model.Transform(parts.TestSet);
        double[] figures =
        [
            ml.MulticlassClassification.Evaluate(scored, "Kind", "KindScore", "KindPredictedLabel").MicroAccuracy,
            ml.BinaryClassification.EvaluateNonCalibrated(scored, "IsMale", "IsMaleScore", "IsMalePredictedLabel").Accuracy,
            ml.Regression.Evaluate(scored, "Mass", "MassScore").RSquared,
        ];
        model.LastTransformer.Dispose();
        return figures;
    }

    /// <summary>Three species whose means lie apart as the published ones do; males are larger. Given the rest, the weight varies by 200 g around its mean, in all by 800 g.</summary>
    private static IEnumerable<Penguin> Made()
    {
        var random = new RandomSource(5);
        float Near(double mean, double deviation) => (float)random.NextNormal(mean, deviation);
        for (int i = 0; i < 340; i++)
        {
            (int species, bool isMale) = (i % 3, i % 2 == 0);
            int male = isMale ? 1 : 0;
            yield return new Penguin
            {
                Species = $"species {species}",
                Island = $"island {(species + (i % 5 == 0 ? 1 : 0)) % 3}",
                BillLength = Near((species switch { 0 => 37.5, 1 => 46.5, _ => 45 }) + (3.5 * male), 1.2),
                BillDepth = Near((species == 2 ? 14.2 : 17.6) + (1.5 * male), 0.4),
                FlipperLength = Near((species switch { 0 => 187, 1 => 192, _ => 212 }) + (6 * male), 4),
                Mass = Near((species == 2 ? 4700 : 3400) + (650 * male), 200),
                IsMale = isMale,
                Year = 2007 + (i % 3),
            };
        }
    }

    /// <summary>The rows without gaps.</summary>
    private static IEnumerable<Penguin> Rows(string file)
    {
        float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);
        return File.ReadLines(file).Skip(1).Select(line => line.Split(',')).Where(cells => !cells.Contains("NA")).Select(cells => new Penguin
        {
            Species = cells[0],
            Island = cells[1],
            BillLength = Number(cells[2]),
            BillDepth = Number(cells[3]),
            FlipperLength = Number(cells[4]),
            Mass = Number(cells[5]),
            IsMale = cells[6] == "male",
            Year = int.Parse(cells[7], CultureInfo.InvariantCulture),
        });
    }

    private sealed class Penguin
    {
        public string Species { get; set; } = "";

        public string Island { get; set; } = "";

        public float BillLength { get; set; }

        public float BillDepth { get; set; }

        public float FlipperLength { get; set; }

        public float Mass { get; set; }

        public bool IsMale { get; set; }

        public int Year { get; set; }
    }
}
