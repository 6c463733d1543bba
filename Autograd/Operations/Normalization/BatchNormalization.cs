using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>
/// (x − mean) / √(variance + ε) · scale + bias for each channel, axis 1, with given statistics (ONNX <c>BatchNormalization</c> in inference; Ioffe and Szegedy
/// 2015). Inputs: x, scale, bias, mean, variance.
/// </summary>
/// <param name="Epsilon">ε, what is added to the variance.</param>
public sealed record BatchNormalization(double Epsilon = 1e-5) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new BatchNormalization(1e-3), new ExampleInput(["batch", 3, 2, 2]), new([3]), new([3]), new([3]), new([3], Low: 0.2, High: 2)),
        new(new BatchNormalization(), new ExampleInput([4, 3]), new([3]), new([3]), new([3]), new([3], Low: 0.2, High: 2)),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        bool trains = (node.Knows("training_mode") && node.Flag("training_mode")) || (node.Knows("is_test") && node.Results > 1);
        bool isSpatial = !node.Knows("spatial") || node.Flag("spatial");
        return trains || !isSpatial
            ? throw new GraphException("BatchNormalization is read for inference over channels, found training_mode 1 or spatial 0.")
            : new BatchNormalization(node.Number("epsilon")).ApplyAll(node.Inputs);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        if (inputs.Length != 5 || x.Shape.Rank < 2 || inputs.Skip(1).Any(input => input.Shape != Shape.Of(x.Shape[1])))
            throw new ShapeException($"{Name} expects x [N, C, …] and four vectors [C], found {string.Join(", ", inputs.Select(input => input.Shape))}.");
        Variable[] channels = [.. inputs.Skip(1).Select(input => Ops.Reshape(input, [input.Shape[0], .. Enumerable.Repeat((Dim)1, x.Shape.Rank - 2)]))];
        (Variable scale, Variable bias, Variable mean, Variable variance) = (channels[0], channels[1], channels[2], channels[3]);
        return [((x - mean) * (scale / Ops.Sqrt(variance + Epsilon))) + bias];
    }

    /// <summary>ONNX holds ε in single precision, which is not the ε of float64.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64
        ? null
        : new(Name) { Attributes = [new OnnxAttribute("epsilon", (float)Epsilon)] };
}
