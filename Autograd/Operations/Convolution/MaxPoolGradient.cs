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
        new(new MaxPoolGradient([3, 2], [1, 1], [1, 0, 1, 1], [1, 1]), new ExampleInput(["batch", 2, "height", "width"]) { Separation = 0.01 }, new ExampleInput(["batch", 2, "rows", "columns"])) { Opset = 16 },
        new(new MaxPoolGradient([2, 2, 3], [1, 2, 1], [1, 0, 0, 0, 1, 1], [2, 1, 1]), new ExampleInput(["batch", 1, 4, 3, 4]) { Separation = 0.01 }, new ExampleInput(["batch", 1, 3, 2, 3])) { Opset = 16 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        Require.Gradient(this, OutputShape(inputs[0].Shape), inputs[1].Shape);
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        RequireGradient(request.Sizes(1), request.Sizes(0));
        return request.Floating(request.Type(0), Compute<float>, Compute<double>);
    }

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
        return [Ops.ReshapeLike(new GatherGradient(0).Apply(places, Ops.ReshapeLike(g, places), Sizes.Of([image.Shape.ElementCount], image)), image)];
    }

    /// <summary>The same without the positions of <see cref="MaxPool"/>, for runtimes whose pooling has none: places of the windows are compared with the greatest one after the other, and what they get goes back by a
    /// transposed convolution. Null where the windows are no rectangles within the padding or the sizes of the image are not known.</summary>
    /// <param name="image">The image.</param>
    /// <param name="g">The gradient of the values.</param>
    public Variable? ByComparison(Variable image, Variable g)
    {
        Shape x = image.Shape;
        if (Kernel.Count != 2 || CeilMode || Dilations.Any(d => d != 1) || x.Skip(1).Any(dim => !dim.IsStatic))
            return null;
        int channels = x[1].Size, places = Kernel[0] * Kernel[1];
        Variable greatest = new MaxPool(Kernel, Strides, Pads, Dilations).ApplyAll(image)[0];
        Variable padded = Pads.All(pad => pad == 0) ? image : Ops.Pad(image, [0, 0, Pads[0], Pads[1]], [0, 0, Pads[2], Pads[3]], double.NegativeInfinity);
        Variable? free = null;
        var shares = new Variable[places];
        for (int place = 0; place < places; place++)
        {
            Variable element = Along(Along(padded, greatest, 0, place / Kernel[1]), greatest, 1, place % Kernel[1]);
            Variable isGreatest = Ops.Equal(element, greatest).Cast(g.DType), first = free is null ? isGreatest : isGreatest * free;
            shares[place] = Ops.Where(Ops.Greater(first, 0), g, 0).Reshape([x[0], channels, 1, .. greatest.Shape.Skip(2)]);
            free = free is null ? 1 - first : free - first;
        }

        Value kernels = Value.Zeros(g.DType, channels * places, 1, Kernel[0], Kernel[1]);
        for (int i = 0; i < channels * places; i++)
            kernels[(i * places) + (i % places)] = 1;
        Variable all = Ops.Concat(2, shares).Reshape([x[0], channels * places, .. greatest.Shape.Skip(2)]);
        return new ConvInputGradient(Strides, Pads, Dilations, channels).Apply(all, Variable.Of(kernels), Ops.Integers(x[2].Size, x[3].Size));
    }

    /// <summary>What stands at a place of each window along an axis.</summary>
    private Variable Along(Variable padded, Variable windows, int axis, int place) =>
        Ops.Slice(padded, axis + 2, place, place + ((windows.Shape[axis + 2].Size - 1) * Strides[axis]) + 1, Strides[axis]);

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value dy, Value dx) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        MaxPooling.Gradient<T>(Passes(x.Sizes, dy.Sizes)[0], x.Span<T>(), dy.Span<T>(), dx.Span<T>(), arguments.Workers);
    }
}
