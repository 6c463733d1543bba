#:project ../../packages/Toolkit/Toolkit.csproj
#:property PublishAot=false

// What the toolkit says to common mistakes: each message names what was expected and what was found.
var random = new RandomSource(seed: 1);
float[] numbers = [.. Enumerable.Range(0, 120).Select(i => (float)Math.Sin(i))];
long[] classes = [.. Enumerable.Range(0, 30).Select(i => i % 3L)];
Dataset data = Dataset.FromLabels(numbers, [4], classes, 3);
Trainer Learn(Module model, Loss loss, double rate = 0.01) => new() { Model = model, Loss = loss, Optimizer = new Sgd { LearningRate = rate } };
void Try(string mistake, Action act)
{
    try
    {
        act();
    }
    catch (Exception e)
    {
        Console.WriteLine($"{mistake}: {e.Message}");
    }
}

Try("a layer too narrow", () => Learn(new Dense(3, 3, random), new SoftmaxCrossEntropy()).Fit(data));
Try("too few outputs", () => Learn(new Dense(4, 2, random), new SoftmaxCrossEntropy()).Fit(data));
Try("a loss of numbers on classes", () => Learn(new Dense(4, 3, random), new MeanSquaredError()).Fit(data));
Try("labels from 1", () => Dataset.FromLabels(numbers, [4], [.. classes.Select(label => label + 1)], 3));
Try("a gap", () => Dataset.FromLabels([float.NaN, .. numbers[1..]], [4], classes, 3));
Try("a typing error", () => Learn(new Dense(4, 3, random), new SoftmaxCrossEntropy()).Evaluate(data)["acuracy"].ToString());
Try("no training yet", () => new Sequential(new Activation(Ops.Relu)).ExportOnnx("nothing.onnx"));

History softmax = Learn(new Dense(4, 3, random) { Activation = z => z.Softmax() }, new SoftmaxCrossEntropy()).Fit(data, new() { Epochs = 1 });
Console.WriteLine($"a softmax too many: {softmax.Warnings.Single()}");
Trainer again = Learn(new Dense(4, 3, random), new SoftmaxCrossEntropy());
again.Fit(data, new() { Epochs = 2 });
Console.WriteLine($"a second Fit: {again.Fit(data, new() { Epochs = 2 }).StopMessage}");

// Prints:
// a layer too narrow: Dense 3 → 3 expects an input of shape [batch, 3], found [batch, 4].
// too few outputs: The data have 3 classes, but the model gives 2 outputs per example, enough for 2.
// a loss of numbers on classes: MeanSquaredError expects targets of real numbers, found Int64[batch].
// labels from 1: Row 2 (counted from 0) has the label 3; expected 0 to 2.
// a gap: The features hold NaN in row 0, column 0 (both counted from 0); expected finite numbers.
// a typing error: There is no measure "acuracy"; there are: loss. (Parameter 'name')
// no training yet: Sequential does not know the shape of its input: train it first, or set InputShape.
// a softmax too many: SoftmaxCrossEntropy takes logits, and "output" comes out of a Softmax: the gradient is small where the model is wrong. Leave the Softmax out; it can be applied to predictions later.
// a second Fit: All 2 epochs are done. Nothing was left for this call, which took no step: Epochs and Steps count those of earlier calls, too. Raise them to go on.
