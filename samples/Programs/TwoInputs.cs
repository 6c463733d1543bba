#:project ../../packages/Toolkit/Toolkit.csproj
#:property PublishAot=false

// Two inputs, a text of any length and a number; two outputs, a price and a kind.
const int Words = 20;
var random = new RandomSource(seed: 1);
long[][] texts = [.. Enumerable.Range(0, 1200).Select(_ => Enumerable.Range(0, 1 + random.NextInt32(6)).Select(_ => (long)random.NextInt32(Words)).ToArray())];
float[] sizes = [.. texts.Select(_ => (float)random.NextNormal())];
Dataset data = Dataset.Of(
    Column.Ragged("text", "time", texts),
    Column.Of("size", sizes, 1),
    Column.Of("price", [.. texts.Select((words, i) => sizes[i] + (float)words.Average(word => (2.0 * word / Words) - 1))], 1),
    Column.Labels("kind", [.. texts.Select(words => words.Contains(7) ? 1L : 0L)], classes: 2));
(Dataset test, Dataset train) = data.Split(0.25, random);

var words = new Embedding(Words, 8, random);
var mean = new GlobalPool();
var trunk = new Dense(9, 32, random) { Activation = Ops.Tanh };
var price = new Dense(32, 1, random);
var kind = new Dense(32, 2, random);
var model = new FunctionalModel([words, mean, trunk, price, kind], (x, context) =>
{
    Variable text = mean.Forward(words.Forward(x["text"], context), context);
    Variable shared = trunk.Forward(Ops.Concat(1, text, x["size"]), context);
    return new Named(("price", price.Forward(shared, context)), ("kind", kind.Forward(shared, context)));
});
var trainer = new Trainer
{
    Model = model,
    Loss = new Huber().On("price") + (0.5 * new SoftmaxCrossEntropy().On("kind")),
    Optimizer = new Adam { LearningRate = 0.01 },
    Metrics = [new MeanAbsoluteError().On("price"), new Accuracy().On("kind")],
};
trainer.Fit(train, new() { Epochs = 20, BatchSize = 32, BucketBy = "time" });
Evaluation found = trainer.Evaluate(test);
Console.WriteLine($"price off by less than 0.1: {found["price mean absolute error"] < 0.1}; kind right more often than 0.95: {found["kind accuracy"] > 0.95}");

model.ExportOnnx("listing.onnx");
using OnnxSession session = OnnxSession.Load("listing.onnx");
Console.WriteLine(string.Join(", ", session.Inputs.Select(input => input.Name)) + " -> " + string.Join(", ", session.Outputs.Select(output => output.Name)));

// Prints:
// price off by less than 0.1: True; kind right more often than 0.95: True
// text, size, time.length -> price, kind
