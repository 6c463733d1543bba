#:project ../../packages/Toolkit/Toolkit.csproj
#:property PublishAot=false

// An interval for each answer: a network that states a mean and a variance, and the share of other measurements that lie within.
var random = new RandomSource(seed: 1);
Dataset Measure(int count)
{
    float[] x = [.. Enumerable.Range(0, count).Select(_ => (float)random.NextUniform(-1, 1))];
    return Dataset.FromTargets(x, [1], [.. x.Select(at => at + (float)random.NextNormal(0, at < 0 ? 0.1 : 0.4))], [1]);
}

Dataset train = Measure(1500), test = Measure(2000);
var likelihood = new HeteroscedasticGaussian();
var network = new Sequential(new Dense(1, 16, random) { Activation = Ops.Tanh }, new Dense(16, 2, random));
new Trainer { Model = network, Loss = likelihood, Optimizer = new Adam { LearningRate = 0.01 } }.Fit(train, new() { Epochs = 60, BatchSize = 50 });

// What is served: the quantiles of the stated distribution, as outputs of one file.
var served = new FunctionalModel([network], (x, context) =>
{
    Distribution stated = likelihood.Of(network.Forward(x["input"], context));
    return new Named(("low", stated.Quantile(0.1)), ("mean", stated.Mean), ("high", stated.Quantile(0.9)));
}) { InputFields = network.InputFields };
served.ExportOnnx("interval.onnx");

using OnnxSession session = OnnxSession.Load("interval.onnx");
IReadOnlyList<Value> found = session.Run(Value.Of(test.Features.ToArray(), test.Count, 1));
double inside = test.Targets.ToArray().Where((y, i) => y >= found[0][i] && y <= found[2][i]).Count() / (double)test.Count;
Console.WriteLine($"{inside:F1} of the measurements lie within the interval of 0.8.");
double Width(float x) => session.Run(Value.Of([x], 1, 1)) is var at ? at[2][0] - at[0][0] : 0;
Console.WriteLine($"It is wider on the right: {Width(0.5f) > 2 * Width(-0.5f)}.");

// Prints:
// 0.8 of the measurements lie within the interval of 0.8.
// It is wider on the right: True.
