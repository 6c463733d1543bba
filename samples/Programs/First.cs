#:project ../../packages/Toolkit/Toolkit.csproj
#:property PublishAot=false

// Trains a network on drawn digits, writes it as ONNX, and scores it in ML.NET.
using Microsoft.ML.Data;

Dataset train = GeneratedDigits.Create(3000, seed: 1).Reshape(784), test = GeneratedDigits.Create(500, seed: 3).Reshape(784);
var random = new RandomSource(seed: 42);
var model = new Sequential(
    new Dense(784, 64, random) { Activation = Ops.Tanh },
    new Dropout(0.1, random),
    new Dense(64, 10, random));
var trainer = new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam { LearningRate = 2e-3 }, Metrics = [new Accuracy()] };
trainer.Fit(train, new() { Epochs = 12, BatchSize = 64 });
Console.WriteLine($"{trainer.Evaluate(test)["accuracy"]:F1} of the test digits are read rightly.");

model.ExportOnnx("digits.onnx");
var ml = new MLContext(seed: 1);
IDataView rows = ml.Data.LoadFromDataset(test);
IDataView scored = ml.ScoreOnnx("digits.onnx").Fit(rows).Transform(rows);
Console.WriteLine($"{scored.GetColumn<float[]>("output").Count()} rows were scored by ML.NET.");

// Prints:
// 0.9 of the test digits are read rightly.
// 500 rows were scored by ML.NET.
