#:project ../../packages/Toolkit/Toolkit.csproj
#:property PublishAot=false

// A layer of one's own: a dense layer whose units switch themselves off by gates. Gradients, training and export follow from what Build says.
var random = new RandomSource(seed: 1);
float[] x = [.. Enumerable.Range(0, 400).Select(i => (float)Math.Cos(1 + (37.0 * i)))];
Dataset data = Dataset.FromTargets(x, [2], [.. x.Chunk(2).Select(pair => pair[0] * pair[1])], [1]);
(Dataset test, Dataset train) = data.Split(0.25, random);

var model = new Sequential(new Gated(2, 16, random), new Dense(16, 1, random));
var trainer = new Trainer { Model = model, Loss = new MeanSquaredError(), Optimizer = new Adam { LearningRate = 0.02 }, Metrics = [new MeanAbsoluteError()] };
trainer.Fit(train, new() { Epochs = 100, BatchSize = 25 });
Console.WriteLine($"The product of two numbers is learned: {trainer.Evaluate(test)["mean absolute error"] < 0.05}.");

model.ExportOnnx("gated.onnx");
using OnnxSession session = OnnxSession.Load("gated.onnx");
Value ours = model.Predict(test), theirs = session.Run(Value.Of(test.Features.ToArray(), test.Count, 2))[0];
Console.WriteLine($"ONNX Runtime gives the same: {Enumerable.Range(0, test.Count).All(i => Math.Abs(ours[i] - theirs[i]) < 1e-4)}.");

internal sealed class Gated(int inputs, int units, RandomSource random) : Module
{
    private readonly Dense value = new(inputs, units, random), gate = new(inputs, units, random) { Activation = Ops.Sigmoid };

    public override IReadOnlyList<Module> Children => [value, gate];

    protected override Variable Build(Variable input, ForwardContext context) => value.Forward(input, context) * gate.Forward(input, context);
}

// Prints:
// The product of two numbers is learned: True.
// ONNX Runtime gives the same: True.
