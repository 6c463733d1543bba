using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>The p-norm of each window, (Σ |x|ᵖ)^(1/p) (ONNX <c>LpPool</c>), of an image [N, C, H, W], or a signal or volume. Padded places are zeros. The gradient of a window of
/// zeros is 0.</summary>
/// <param name="Kernel">The size of the window along each axis.</param>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Padding before each axis, then after each axis; less than the window.</param>
/// <param name="Dilations">Distances of the places of the window along each axis; others than 1 from operator set 18 on.</param>
/// <param name="CeilMode">Whether a last window that begins within the image or the padding before it counts although it reaches beyond the padding; from operator set 18
/// on.</param>
/// <param name="P">The power.</param>
public sealed record LpPool(IntList Kernel, IntList Strides, IntList Pads, IntList Dilations, bool CeilMode = false, double P = 2)
    : Pooling(Kernel, Strides, Pads, Dilations, CeilMode), IOperator
{
    private const int DilationsSince = 18;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new LpPool([2, 2], [2, 2], [0, 0, 0, 0], [1, 1]), new ExampleInput(["batch", 2, 4, 5])),
        new(new LpPool([3, 2], [1, 2], [1, 0, 1, 1], [1, 1], P: 3), new ExampleInput([2, 1, 4, 5]) { Margin = 0.1 }),
        new(new LpPool([3], [2], [1, 1], [1], P: 1), new ExampleInput(["batch", 2, 6]) { Margin = 0.1 }),
        new(new LpPool([2, 2], [1, 1], [0, 1, 0, 0], [2, 1]), new ExampleInput([2, 1, 4, 3])) { Opset = DilationsSince },
        new(new LpPool([2, 2, 2], [1, 2, 1], [0, 0, 0, 0, 0, 0], [1, 1, 1]), new ExampleInput(["batch", 1, 2, 3, 3])),
        new(new LpPool([2, 3], [2, 2], [0, 0, 0, 0], [1, 1], CeilMode: true), new ExampleInput(["batch", 1, 5, 4])),
        new(new LpPool([3, 2], [2, 2], [1, 0, 1, 1], [1, 1], CeilMode: true), new ExampleInput(["batch", 1, "height", "width"])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        PoolingOptions options = PoolingNode.Options(node);
        double p = node.Version == 1 ? node.Number("p") : node.Integer("p");
        return new LpPool(options.Kernel, options.Steps, options.Borders, options.Spacing, options.CeilMode, p).ApplyAll(node[0]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Require.Floating(this, inputs[0].DType);
        return P >= 1
            ? [inputs[0] with { Shape = OutputShape(inputs[0].Shape) }]
            : throw new GraphException($"{Name} expects a power of at least 1, found {P}.");
    }

    /// <summary>The mean of the powers, padded with zeros that count, times the number of places: their sum.</summary>
    /// <param name="inputs">The image.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Variable x = inputs[0];
        int axes = Kernel.Count;
        Dim[] border = [0, 0, .. Pads.Take(axes).Select(pad => (Dim)pad), 0, 0, .. Enumerable.Range(0, axes).Select(axis => Pads[axes + axis] + Beyond(x.Shape, axis))];
        Variable powers = LpNorm.Powers(x, P);
        if (border.Any(pad => pad != 0))
            powers = new Pad().Apply(powers, Sizes.Of(Shape.Of(border), x));
        Variable mean = new AveragePool(Kernel, Strides, [.. new int[2 * axes]], Dilations).Apply(powers);
        return [LpNorm.Root(mean * Variable.Scalar(Kernel.Aggregate(1, (a, b) => a * b), x.DType), P)];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request)
    {
        OnnxAttribute[] window = [.. WindowAttributes(request.Inputs[0].Shape, padsCount: false)];
        bool isNew = window.Any(a => a.Name is "dilations" or "ceil_mode");
        return !double.IsInteger(P) || (isNew && request.Opset < DilationsSince) ? null : new OnnxForm(Name)
        {
            Attributes = [.. window.Append(new OnnxAttribute("p", (long)P)).OrderBy(a => a.Name, StringComparer.Ordinal)],
            RuntimeTypes = [DType.Float32],
        };
    }
}
