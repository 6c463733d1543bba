using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Quantization;

/// <summary>
/// The convolution of an image and weights of eight bits, each less its zero point, in int32 (ONNX <c>ConvInteger</c>). Inputs: x [N, C, …], w [M, C/group, …], the zero point of x, a scalar, and that
/// of w, a scalar or one number for each of the M; 0 where they are left out. Padded places are zero points. The gradient is zero.
/// </summary>
/// <param name="Window">The convolution.</param>
public sealed record ConvInteger(Conv Window) : CompositeOperation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(
            new ConvInteger(new Conv([1, 1], [1, 0, 0, 1], [1, 1], 1)),
            new ExampleInput(["batch", 2, 4, 5], DType.UInt8, 0, 200), new ExampleInput([3, 2, 2, 3], DType.UInt8, 0, 200), new ExampleInput([], DType.UInt8, 3, 90), new ExampleInput([], DType.UInt8, 9, 90)) { Smoothness = 0 },
        new(new ConvInteger(new Conv([2, 1], [0, 0, 0, 0], [1, 2], 2)), new ExampleInput([2, 2, 5, 6], DType.UInt8, 0, 200), new ExampleInput([4, 1, 3, 2], DType.UInt8, 0, 200)) { Smoothness = 0 },
        new(new ConvInteger(new Conv([2], [1, 2], [1], 1)), new ExampleInput(["batch", 2, 6], DType.UInt8, 0, 200), new ExampleInput([3, 2, 3], DType.UInt8, 0, 200), new ExampleInput([], DType.UInt8, 3, 90)) { Smoothness = 0 },
        new(
            new ConvInteger(new Conv([1, 1], [1, 0, 0, 1], [1, 1], 1)),
            new ExampleInput(["batch", 2, 4, 5], DType.Int8, -60, 60), new ExampleInput([3, 2, 2, 3], DType.Int8, -60, 60), new ExampleInput([], DType.Int8, -9, 9)) { Smoothness = 0 },
        new(
            new ConvInteger(new Conv([1, 1], [1, 0, 0, 1], [1, 1], 1)),
            new ExampleInput(["batch", 2, 4, 5], DType.UInt8, 0, 200), new ExampleInput([3, 2, 2, 3], DType.UInt8, 0, 200), new ExampleInput([], DType.UInt8, 3, 90), new ExampleInput([3], DType.UInt8, 9, 90)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new ConvInteger(WindowOf(node, node[0], node[1])).ApplyAll(node[0], node[1], node.Optional(2), node.Optional(3));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) => [Convolve(Window, inputs[0], inputs.Optional(2), inputs[1], inputs.Optional(3))];

    /// <summary>Computes bytes by bytes; other types are expanded.</summary>
    /// <param name="inputs">The inputs.</param>
    public bool Computes(Arguments inputs) => IntegerWindow.Computes(inputs[0], inputs[1], inputs.Optional(2), inputs.Optional(3));

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        IntegerWindow window = new(request, Window, (0, 1, 2, 3));
        return Kernel.Of(arguments => window.Run(arguments, [], arguments.Outputs[0].Span<int>()), window.Flops);
    }

    /// <summary>ONNX Runtime takes one zero point for all weights: where each output has its own, the sums in float64 are written.</summary>
    /// <param name="request">The opset version and the types of inputs and outputs.</param>
    public override OnnxForm? ToOnnx(OnnxRequest request) => !request.Inputs.Has(3) || Scales.IsOne(request.Inputs[3].Shape)
        ? new(Name) { Attributes = Window.Written(request.Inputs[1].Shape) }
        : null;

    /// <summary>The window of a node that has the attributes of <see cref="Conv"/>.</summary>
    internal static Conv WindowOf(OnnxNode node, Variable x, Variable w) =>
        ConvolutionNode.Options(node.Of(StandardOperators.Find(string.Empty, nameof(Conv), StandardOperators.NewestVersion)!, [x, w]));

    // In float64, which holds every sum of products of eight bits as it is.
    private static Variable Convolve(Conv window, Variable x, Variable? zeroX, Variable w, Variable? zeroW)
    {
        Variable image = Ops.Cast(x, DType.Float64), weights = Ops.Cast(w, DType.Float64);
        if (zeroX is not null)
            image -= Ops.Cast(Ops.Reshape(zeroX, Shape.Scalar), DType.Float64);
        if (zeroW is not null)
            weights -= Ops.Cast(Scales.PerOutput(zeroW, w), DType.Float64);
        return Ops.Cast(window.Apply(image, weights), DType.Int32);
    }
}
