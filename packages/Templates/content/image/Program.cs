// Learns to read digits with a small convolutional network, writes it as ONNX and scores it with ONNX Runtime.
var random = new RandomSource(seed: 1);

// Drawn digits of 28 × 28 pixels from 0 to 1. For your own: Dataset.LoadIdx("folder", validation: 0.1) reads the files of MNIST, Dataset.FromLabels takes arrays.
Dataset digits = GeneratedDigits.Create(2000, seed: 1).Reshape(1, 28, 28);
(Dataset train, Dataset rest) = digits.Split(0.8, random);
(Dataset validation, Dataset test) = rest.Split(0.5, random);

var model = new Sequential(
    new Conv2D(1, 8, kernel: 3, random) { Activation = Ops.Relu, Stride = 2 },
    new Conv2D(8, 16, kernel: 3, random) { Activation = Ops.Relu, Stride = 2 },
    new Flatten(),
    new Dense(16 * 6 * 6, 32, random) { Activation = Ops.Relu },
    new Dropout(0.2, random),
    new Dense(32, 10, random));
var trainer = new Trainer
{
    Model = model,
    Loss = new SoftmaxCrossEntropy(),
    Optimizer = new Adam { LearningRate = 0.002 },
    Metrics = [new Accuracy()],
};

// The validation images decide when to stop; the model then has its best weights.
History history = trainer.Fit(train, new() { Epochs = 6, BatchSize = 32, Validation = validation, EarlyStopping = new() { Patience = 2 } });
Console.WriteLine(history);
Console.WriteLine($"images that it has not seen: {trainer.Evaluate(test)}");

model.ExportOnnx("digits.onnx");
using OnnxSession session = OnnxSession.Load("digits.onnx");
Batch some = test.Batches(new() { Size = 5 }).First();
Value logits = session.Run(some.Features)[0];
for (int image = 0; image < some.Count; image++)
    Console.WriteLine($"a {some.Target[image]} was read as {Enumerable.Range(0, 10).MaxBy(digit => logits[(10 * image) + digit])}");
