using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>
/// The gradient of the values of <see cref="MaxPool"/> with respect to the image: each window hands its gradient to the first of its greatest elements, and what an element gets from several
/// windows adds up. Inputs: the image, and the gradient of the values, which has their shape. The places are found again instead of being kept from the forward pass: eight bytes for each
/// window less to keep, and one more pass over the image.
/// </summary>
/// <remarks>Exported as the positions of <c>MaxPool</c>, to which the gradient is added.</remarks>
/// <param name="Kernel">The size of the window along each axis.</param>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Padding before each axis, then after each axis.</param>
/// <param name="Dilations">Distances of the places of the window along each axis.</param>
/// <param name="CeilMode">Whether a last window that reaches beyond the padding counts.</param>
public sealed record MaxPoolGradient(IntList Kernel, IntList Strides, IntList Pads, IntList Dilations, bool CeilMode = false)
    : Pooling(Kernel, Strides, Pads, Dilations, CeilMode), IHasKernel, IRunsInBlocks, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new MaxPoolGradient([2, 2], [2, 2], [0, 0, 0, 0], [1, 1]), new ExampleInput(["batch", 2, 4, 5]) { Separation = 0.01 }, new ExampleInput(["batch", 2, 2, 2])) { Opset = 16 },
        new(new MaxPoolGradient([3, 2], [1, 2], [1, 0, 1, 1], [1, 1]), new ExampleInput([2, 1, 4, 5]) { Separation = 0.01 }, new ExampleInput([2, 1, 4, 3])),
        new(new MaxPoolGradient([2, 3], [1, 2], [0, 1, 1, 1], [2, 1]), new ExampleInput([2, 1, 5, 4]) { Separation = 0.01 }, new ExampleInput([2, 1, 4, 2])),
        new(new MaxPoolGradient([2, 3], [2, 2], [0, 1, 0, 0], [1, 1], CeilMode: true), new ExampleInput(["batch", 2, 5, 4]) { Separation = 0.01 }, new ExampleInput(["batch", 2, 3, 2])) { Opset = 16 },
        new(new MaxPoolGradient([3], [2], [1, 0], [1]), new ExampleInput(["batch", 2, 6]) { Separation = 0.01 }, new ExampleInput(["batch", 2, 3])) { Opset = 16 },
        new(new MaxPoolGradient([2, 2, 3], [1, 2, 1], [1, 0, 0, 0, 1, 1], [2, 1, 1]), new ExampleInput(["batch", 1, 4, 3, 4]) { Separation = 0.01 }, new ExampleInput(["batch", 1, 3, 2, 3])) { Opset = 16 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        Shape expected = OutputShape(inputs[0].Shape);
        Shape g = inputs[1].Shape;
        return g.Rank == expected.Rank && g.Zip(expected).All(pair => pair.First == pair.Second || !pair.First.IsStatic || !pair.Second.IsStatic)
            ? [inputs[0]]
            : throw new ShapeException($"{Name} expects a gradient of shape {expected}, found {g}.");
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Floating(request.Type(0), Compute<float>, Compute<double>);

    /// <summary>Volumes are expanded.</summary>
    /// <param name="inputs">The inputs.</param>
    bool IHasKernel.Computes(Arguments inputs) => Kernel.Count <= 2;

    /// <summary>Image by image.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => new([0, 0]);

    /// <summary>The gradient, added to zeros at the positions of the greatest elements.</summary>
    /// <param name="inputs">The image, and the gradient of the values.</param>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        (Variable image, Variable g) = (inputs[0], inputs[1]);
        Variable places = new MaxPool(Kernel, Strides, Pads, Dilations, CeilMode).ApplyAll(image)[1];
        return [Ops.ReshapeLike(new GatherGradient(0).Apply(places, g, Sizes.Of([image.Shape.ElementCount], image)), image)];
    }

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value dy, Value dx) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        MaxPooling.Gradient<T>(Passes(x.Sizes, dy.Sizes)[0], x.Span<T>(), dy.Span<T>(), dx.Span<T>(), arguments.Workers);
    }
}
