#:project ../../packages/Toolkit/Toolkit.csproj
#:property PublishAot=false

// A small convolutional network with augmentation, a schedule and a confusion matrix.
Dataset train = GeneratedDigits.Create(1500, seed: 1).Reshape(1, 28, 28), test = GeneratedDigits.Create(500, seed: 2).Reshape(1, 28, 28);
const int Epochs = 5, BatchSize = 32;
var random = new RandomSource(seed: 3);
var model = new Sequential(
    new Conv2D(1, 8, kernel: 3, random) { Activation = Ops.Relu, Stride = 2 },
    new Conv2D(8, 16, kernel: 3, random) { Activation = Ops.Relu, Stride = 2 },
    new Flatten(),
    new Dense(16 * 6 * 6, 10, random));
var trainer = new Trainer
{
    Model = model,
    Loss = new SoftmaxCrossEntropy(),
    Optimizer = new AdamW { LearningRate = new WarmUp(20, new CosineDecay(Initial: 5e-3, Final: 5e-5, Steps: Epochs * train.Count / BatchSize)) },
    Metrics = [new Accuracy(), new ConfusionMatrix()],
};
var moved = new AugmentedSource(train, seed: 4, new RandomAffine { Shift = 2, Rotation = 8, Scale = 0.1 });
trainer.Fit(moved, new() { Epochs = Epochs, BatchSize = BatchSize });

// Rows are what the pictures show, columns what the network sees.
Evaluation found = trainer.Evaluate(test);
double[][] counts = ConfusionMatrix.Counts(found.Observed["confusion matrix"]);
Console.WriteLine($"{found["accuracy"]:F1} are read rightly; of {counts[7].Sum()} sevens, more than half as sevens: {counts[7][7] > counts[7].Sum() / 2}");
model.ExportOnnx("pictures.onnx");

// Prints:
// 0.9 are read rightly; of 50 sevens, more than half as sevens: True
