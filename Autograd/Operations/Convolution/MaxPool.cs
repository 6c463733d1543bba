using System.Numerics;
using System.Runtime.CompilerServices;
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
public sealed record MaxPool(IntList Kernel, IntList Strides, IntList Pads, IntList Dilations) : Pooling(Kernel, Strides, Pads), IHasKernel, IOperator
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

    /// <summary>The values, and the positions if anybody reads them.</summary>
    /// <param name="request">The sizes, and which results are read.</param>
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        Variable image = request[0];
        return [Ops.ReshapeLike(new GatherGradient(0).Apply(request.Result(1), g, Sizes.Of([image.Shape.ElementCount], image)), image)];
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes = [new OnnxAttribute("dilations", Dilations.ToLongs()), .. Attributes],
    };

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value? y, Value? indices) = (arguments.Inputs[0], arguments.Outputs[0], arguments.Outputs[1]);
        using Scratch scratch = arguments.Workers.Rent(y is null ? (long)indices!.Count * Unsafe.SizeOf<T>() : 0);
        Span<T> values = y is null ? scratch.Span<T>(indices!.Count) : y.Span<T>();
        MaxPooling.Forward(KernelShape(x.Sizes, (y ?? indices!).Sizes), x.Span<T>(), values, indices is null ? [] : indices.Span<long>(), arguments.Workers);
    }
}
