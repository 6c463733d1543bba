using Toolkit.Modeling;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.Samples.Reviews;

// Texts of any length in two classes: words by their hashes, read in both directions, measured on other reviews, and exported.
var random = new RandomSource(seed: 1);
(string[] texts, long[] labels) = ReviewTexts.Create(4000, random);
Trainer trainer = ReviewClassifier.Train(ReviewTexts.Read(texts, labels), epochs: 12, random);
(string[] others, long[] verdicts) = ReviewTexts.Create(1000, random);
Console.WriteLine($"accuracy on other reviews: {trainer.Evaluate(ReviewTexts.Read(others, verdicts))["verdict accuracy"]:P1}");
trainer.Model.ExportOnnx("reviews.onnx");
