using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>
/// (x − mean) / √(variance + ε) · scale + bias for each channel, axis 1 (ONNX <c>BatchNormalization</c>; Ioffe and Szegedy 2015). Inputs: x, scale, bias, mean, variance. In
/// inference the mean and variance are those that are given. In training they are those of the batch over all other axes, and further results are running statistics,
/// momentum · given + (1 − momentum) · that of the batch.
/// </summary>
/// <param name="Epsilon">ε, what is added to the variance.</param>
/// <param name="Training">Whether the statistics are those of the batch.</param>
/// <param name="Momentum">The share of the given statistics in the running ones.</param>
public sealed record BatchNormalization(double Epsilon = 1e-5, bool Training = false, double Momentum = 0.9) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new BatchNormalization(1e-3), new ExampleInput(["batch", 3, 2, 2]), new([3]), new([3]), new([3]), new([3], Low: 0.2, High: 2)),
        new(new BatchNormalization(), new ExampleInput([4, 3]), new([3]), new([3]), new([3]), new([3], Low: 0.2, High: 2)),
        new(new BatchNormalization(1e-2, Training: true, 0.7), new ExampleInput(["batch", 3, 2, 2]), new([3]), new([3]), new([3]), new([3], Low: 0.2, High: 2)),
    ];

    /// <summary>Reads every version: before operator set 14 a node trains if it names more than one result, whose last two are the statistics of the batch; before 9 statistics
    /// for each element of an example are possible (<c>spatial</c> 0).</summary>
    /// <param name="node">The node.</param>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        bool trains = node.Knows("training_mode") ? node.Flag("training_mode") : node.Results > 1 && !(node.Knows("is_test") && node.Flag("is_test"));
        var operation = new BatchNormalization(node.Number("epsilon"), trains, node.Number("momentum"));
        Variable[] inputs = node.Inputs;
        Variable x = inputs[0];
        bool isSpatial = !node.Knows("spatial") || node.Flag("spatial");
        IReadOnlyList<Variable> results = isSpatial
            ? operation.ApplyAll(inputs)
            : operation.ApplyAll([Ops.Flatten(x), .. inputs.Skip(1).Select(input => Ops.Flatten(input, 0))]);
        if (!isSpatial)
            results = [Ops.ReshapeLike(results[0], x), .. results.Skip(1).Select(result => Ops.ReshapeLike(result, inputs[3]))];
        if (!trains || node.Results <= results.Count)
            return results;

        // Statistics of the batch itself.
        IntList axes = isSpatial ? [0, .. Enumerable.Range(2, x.Shape.Rank - 2)] : [0];
        Variable mean = Ops.Mean(x, axes, keepDims: true);
        return [.. results, Ops.ReshapeLike(mean, inputs[3]), Ops.ReshapeLike(Ops.Mean((x - mean).Square(), axes, keepDims: true), inputs[3])];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Statistics.RequireChannels(this, inputs, 4);
        Variable x = inputs[0];
        (Variable scale, Variable bias) = (Statistics.PerChannel(inputs[1], x), Statistics.PerChannel(inputs[2], x));
        if (!Training)
            return [((x - Statistics.PerChannel(inputs[3], x)) * (scale / Ops.Sqrt(Statistics.PerChannel(inputs[4], x) + Epsilon))) + bias];
        DType wide = Statistics.TypeOf(x);
        IntList axes = [0, .. Enumerable.Range(2, x.Shape.Rank - 2)];
        Variable values = Ops.Cast(x, wide), mean = Ops.Mean(values, axes, keepDims: true), distances = values - mean;
        Variable variance = Ops.Mean(distances * distances, axes, keepDims: true);
        Variable y = (distances * (Ops.Cast(scale, wide) / Ops.Sqrt(variance + Epsilon))) + Ops.Cast(bias, wide);
        Variable Running(Variable given, Variable now) => Ops.Cast((Momentum * Ops.Cast(given, wide)) + ((1 - Momentum) * Ops.ReshapeLike(now, given)), given.DType);
        return [Ops.Cast(y, x.DType), Running(inputs[3], mean), Running(inputs[4], variance)];
    }

    /// <summary>ONNX holds ε in single precision, which is not the ε of float64. Training is written in other operations, which every runtime has.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => Training || request.Inputs[0].DType == DType.Float64
        ? null
        : new(Name) { Attributes = [new OnnxAttribute("epsilon", (float)Epsilon)] };
}
