// Trains a network and writes it as ONNX, as a native program that needs no .NET:
//   dotnet publish samples/Aot -c Release -r linux-x64 && samples/Aot/bin/Release/net10.0/linux-x64/publish/Toolkit.Aot
// The hash at the end is that of the learned numbers: the same program under "dotnet run" ends with the same bits.
using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;

// Three arms of a spiral.
const int PerClass = 400, Classes = 3;
var random = new RandomSource(seed: 1);
float[] points = new float[2 * Classes * PerClass];
long[] labels = new long[Classes * PerClass];
for (int i = 0; i < labels.Length; i++)
{
    labels[i] = i % Classes;
    double radius = (i / Classes) / (double)PerClass, angle = (4 * radius) + (2 * Math.PI * labels[i] / Classes) + random.NextNormal(0, 0.1);
    (points[2 * i], points[(2 * i) + 1]) = ((float)(radius * Math.Sin(angle)), (float)(radius * Math.Cos(angle)));
}

var data = Dataset.FromLabels(points, [2], labels, Classes);
var model = new Sequential(
    new Dense(2, 64, random) { Activation = Ops.Relu },
    new Dense(64, 64, random) { Activation = Ops.Tanh },
    new Dense(64, Classes, random));
var trainer = new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam { LearningRate = 0.01 }, Metrics = [new Accuracy()] };
Callback first = Callback.AfterStep(training =>
{
    if (training.Step == 1)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first step after {(DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds:F2} s"));
});
History history = trainer.Fit(data, new() { Epochs = 60, BatchSize = 120, Seed = 1, Callbacks = [first] });
Console.WriteLine(history);
model.ExportOnnx("spiral.onnx");

var hash = new XxHash64();
foreach (var parameter in model.Parameters)
    hash.Append(MemoryMarshal.AsBytes(parameter.Value.Span<float>()));
Console.WriteLine($"parameters {hash.GetCurrentHashAsUInt64():X16}, spiral.onnx {new FileInfo("spiral.onnx").Length} bytes");
