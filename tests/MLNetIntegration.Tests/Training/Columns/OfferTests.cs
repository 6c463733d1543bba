using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Training;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

/// <summary>The example of <c>docs/mlnet.md</c>: two inputs, a size and a text; two outputs, a price and a kind.</summary>
public sealed class OfferTests
{
    private static readonly string[] Notes = ["A house with a garden.", "Flat, third floor", "House by the lake!", "A flat in the centre"];

    [Fact]
    public void Two_inputs_and_two_outputs_are_learned_as_documented()
    {
        var ml = new MLContext(seed: 1);
        Offer[] offers = [.. Enumerable.Range(0, 400).Select(i => new Offer
        {
            Size = 40 + (i % 50),
            Note = Notes[i % 4],
            Price = (2 * (40 + (i % 50))) + (i % 4 == 2 ? 60 : 0),
            Kind = i % 2 == 0 ? "house" : "flat",
        })];
        IDataView data = ml.Data.LoadFromEnumerable(offers);
        TransformerChain<NeuralNetworkTransformer> model = ml.Transforms.Conversion.MapValueToKey("KindKey", "Kind")
            .Append(ml.MultiTaskNeuralNetwork(
                [NetworkTask.Regression("Price"), NetworkTask.Multiclass("KindKey") with { Name = "Kind", Weight = 0.5 }],
                new NeuralNetworkOptions { FeatureColumns = ["Size", "Note"], Epochs = 60 }))
            .Fit(data);
        IDataView scored = model.Transform(data);
        Assert.InRange(ml.Regression.Evaluate(scored, "Price", "PriceScore").RSquared, 0.98, 1);
        Assert.Equal(1, ml.MulticlassClassification.Evaluate(scored, "KindKey", "KindScore", "KindPredictedLabel").MicroAccuracy, 0.01);
        Assert.Equal(["Size", "Note"], model.LastTransformer.Inference.Inputs.Select(i => i.Name!));
        Assert.Equal(["PriceScore", "KindScore"], model.LastTransformer.Inference.Outputs.Select(o => o.Name));
        model.LastTransformer.Dispose();
    }

    private sealed class Offer
    {
        public int Size { get; set; }

        public string Note { get; set; } = "";

        public float Price { get; set; }

        public string Kind { get; set; } = "";
    }
}
