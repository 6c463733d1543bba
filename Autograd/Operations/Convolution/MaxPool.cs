using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// The greatest element of each window (ONNX <c>MaxPool</c>; book section 9.3). Results: the values, and their int64 positions in the whole image tensor,
/// row-major. At a tie the first position wins and gets the gradient; NaN counts as greater than any number.
/// </summary>
/// <param name="Kernel">Height and width of the window.</param>
/// <param name="Strides">Steps of the window: vertical, horizontal.</param>
/// <param name="Pads">Padding around the image: top, left, bottom, right; padded places never win.</param>
/// <param name="Dilations">Distances of the places of the window: vertical, horizontal.</param>
public sealed record MaxPool(IntList Kernel, IntList Strides, IntList Pads, IntList Dilations) : Pooling(Kernel, Strides, Pads), IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new MaxPool([2, 2], [2, 2], [0, 0, 0, 0], [1, 1]), new ExampleInput(["batch", 2, 4, 5]) { Separation = 0.01 }),
        new(new MaxPool([3, 2], [1, 2], [1, 0, 1, 1], [1, 1]), new ExampleInput([2, 1, 4, 5]) { Separation = 0.01 }),
        new(new MaxPool([2, 3], [1, 2], [0, 1, 1, 1], [2, 1]), new ExampleInput([2, 1, 5, 4]) { Separation = 0.01 }),
        new(new MaxPool([1, 3], [1, 1], [0, 2, 0, 2], [1, 2]), new ExampleInput(["batch", 1, 2, 4]) { Separation = 0.01 }),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => PoolingNode.Max(node);

    private protected override IntList Spacing => Dilations;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Shape shape = OutputShape(inputs[0]);
        return [inputs[0] with { Shape = shape }, new TensorType(DType.Int64, shape)];
    }

    /// <summary>The values, and the positions where there is a second output; without one (<c>MaxPoolValues</c>) they are not computed.</summary>
    /// <param name="arguments">Inputs, outputs and workers.</param>
    public override void Compute(KernelArguments arguments)
    {
        if (arguments.Inputs[0].DType == DType.Float32)
        {
            Compute<float>(arguments);
        }
        else
        {
            Compute<double>(arguments);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        Shape image = request[0].Shape;
        return [Ops.Reshape(new GatherGradient(0, [image.ElementCount]).Apply(request.Result(1), g), image)];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = [new OnnxAttribute("dilations", Dilations.ToLongs()), .. Attributes],
    };

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        Span<long> indices = arguments.Outputs.Length > 1 ? arguments.Outputs[1].Span<long>() : [];
        MaxPooling.Forward(KernelShape(x.Sizes, y.Sizes), x.Span<T>(), y.Span<T>(), indices, arguments.Workers);
    }
}
