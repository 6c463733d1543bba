using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Normalization;

/// <summary>
/// Local response normalization over channels (ONNX <c>LRN</c>; Krizhevsky, Sutskever and Hinton 2012): x / (bias + alpha/size · Σ x²)^beta with the sum over the channels from
/// ⌊(size − 1)/2⌋ before to ⌈(size − 1)/2⌉ behind, as far as there are any, at the same position of x [N, C, …].
/// </summary>
/// <param name="Size">The number of channels that are summed.</param>
/// <param name="Alpha">The factor of the mean of squares.</param>
/// <param name="Beta">The power.</param>
/// <param name="Bias">What is added, above 0.</param>
public sealed record LRN(int Size, double Alpha = 1e-4, double Beta = 0.75, double Bias = 1) : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new LRN(3), new ExampleInput(["batch", 4, 2, 2])),
        new(new LRN(4, 0.5, 0.5, 2), new ExampleInput([2, 5, 3])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) =>
        new LRN(node.Int32("size"), node.Number("alpha"), node.Number("beta"), node.Number("bias")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        if (inputs[0].Shape.Rank < 3 || Size < 1)
            throw new ShapeException($"{Name} expects x [N, C, …] with an axis more and a size of at least 1, found {inputs[0].Shape} and {Size}.");
        Variable x = Ops.Cast(inputs[0], Statistics.TypeOf(inputs[0]));

        // The channels are the rows of an image, over which a window of one column moves; what is beyond counts as zeros.
        Variable squares = Ops.Reshape(x * x, [x.Shape[0], 1, x.Shape[1], x.Shape.Skip(2).Aggregate(Dim.Of(1), (a, b) => a * b)]);
        Variable means = new AveragePool([Size, 1], [1, 1], [(Size - 1) / 2, 0, Size / 2, 0], [1, 1], CountIncludePad: true).Apply(squares);
        Variable power = Ops.Pow((Ops.ReshapeLike(means, x) * Variable.Scalar(Alpha, x.DType)) + Bias, Variable.Scalar(Beta, x.DType));
        return [Ops.Cast(x / power, inputs[0].DType)];
    }

    /// <summary>ONNX holds the numbers in single precision, which are not those of float64; ONNX Runtime takes odd sizes only.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64 || Size % 2 == 0 ? null : new(Name)
    {
        Attributes =
        [
            new OnnxAttribute("alpha", (float)Alpha), new OnnxAttribute("beta", (float)Beta), new OnnxAttribute("bias", (float)Bias), new OnnxAttribute("size", (long)Size),
        ],
    };
}
