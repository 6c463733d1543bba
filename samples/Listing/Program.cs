using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.Samples.Listing;

// Two inputs, a text of any length and a number; two outputs, a price and a kind: trained, measured on other listings, and exported.
var random = new RandomSource(seed: 1);
(Dataset train, Dataset test) = Listings.Create(2000, random).Split(0.8, random);
var trainer = new Trainer
{
    Model = new ListingModel(random),
    Loss = new Huber().On("price", weight: "importance") + (0.3 * new SoftmaxCrossEntropy().On("kind")),
    Optimizer = new Adam { LearningRate = 0.005 },
    Metrics = [new MeanAbsoluteError().On("price"), new Accuracy().On("kind"), new F1().On("kind")],
};
trainer.Fit(train, new() { Epochs = 15, BatchSize = 64, BucketBy = "time" });
foreach ((string name, double value) in trainer.Evaluate(test).Metrics)
    Console.WriteLine($"{name}: {value:F3}");
trainer.Model.ExportOnnx("listing.onnx");
