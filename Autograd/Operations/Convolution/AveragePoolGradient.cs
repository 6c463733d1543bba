using System.Numerics;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>The adjoint of <see cref="AveragePool"/>: each window hands its gradient back in equal parts. Inputs: the gradient, and the sizes of the image, an int64 vector
/// [H, W].</summary>
/// <remarks>Exported as the gradient divided by the counts of the windows, and a transposed convolution of each channel with ones.</remarks>
/// <param name="Kernel">The size of the window along each axis.</param>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Padding before each axis, then after each axis.</param>
/// <param name="Dilations">Distances of the places of the window along each axis.</param>
/// <param name="CeilMode">Whether a last window that reaches beyond the padding counts.</param>
/// <param name="CountIncludePad">Whether padded places count.</param>
public sealed record AveragePoolGradient(IntList Kernel, IntList Strides, IntList Pads, IntList Dilations, bool CeilMode = false, bool CountIncludePad = false)
    : Pooling(Kernel, Strides, Pads, Dilations, CeilMode), IHasKernel, IRunsInBlocks, IHasExamples
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new AveragePoolGradient([2, 2], [2, 2], [0, 0, 0, 0], [1, 1]), new ExampleInput(["batch", 2, 2, 2]), ExampleInput.Constant(4, 5)),
        new(new AveragePoolGradient([3, 2], [1, 2], [1, 0, 1, 1], [1, 1]), new ExampleInput([2, 1, 4, 3]), ExampleInput.Constant(4, 5)),
        new(new AveragePoolGradient([3, 2], [1, 2], [1, 0, 1, 1], [1, 1], CountIncludePad: true), new ExampleInput([2, 1, 4, 3]), ExampleInput.Constant(4, 5)),
        new(new AveragePoolGradient([2, 3], [2, 2], [0, 1, 0, 1], [1, 1], true, true), new ExampleInput(["batch", 1, 3, 3]), ExampleInput.Constant(5, 4)),
        new(new AveragePoolGradient([3], [2], [1, 1], [2]), new ExampleInput(["batch", 2, 2]), ExampleInput.Constant(6)),
        new(new AveragePoolGradient([2, 2, 3], [1, 2, 1], [1, 0, 0, 0, 0, 1], [1, 1, 1]), new ExampleInput(["batch", 1, 3, 1, 3]), ExampleInput.Constant(3, 3, 4)),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Floating(this, inputs[0].DType);
        Require.Sizes(this, inputs, 1);
        Shape g = inputs[0].Shape;
        if (g.Rank < 3 || inputs[1].Shape[0] != g.Rank - 2)
            throw new ShapeException($"{Name} expects a gradient [N, C, …] and the size of the image along each axis from the third on, found {g} and {inputs[1].Shape}.");
        IReadOnlyList<Dim> sizes = inputs.Content(1) ?? [.. Enumerable.Range(0, g.Rank - 2).Select(axis => inputs.Fresh($"image_{axis}"))];
        Shape image = [g[0], g[1], .. sizes];
        Require.Gradient(this, OutputShape(image), g);
        return [inputs[0] with { Shape = image }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        RequireGradient(request.Sizes(0), request.ResultSizes(0));
        return request.Floating(request.Type(0), Compute<float>, Compute<double>);
    }

    /// <summary>Image by image.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => new([0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
        [request.Gradient(0) is { } g ? Ops.ReshapeLike(new AveragePool(Kernel, Strides, Pads, Dilations, CeilMode, CountIncludePad).Apply(g), request[0]) : null, null];

    /// <summary>The gradient divided by the counts of the windows, convolved channel by channel with a window of ones.</summary>
    /// <param name="inputs">The gradient of the output, and the sizes of the image.</param>
    public override IReadOnlyList<Variable>? Expand(Arguments inputs)
    {
        (Variable g, Variable sizes) = (inputs[0], inputs[1]);
        Shape image = Infer(new InferRequest(this, inputs))[0].Shape;
        bool isKnown = image.Skip(2).All(d => d.IsStatic);

        // How far a last window reaches beyond the padding is part of the pads.
        if (CeilMode && !isKnown)
            return null;
        int axes = Kernel.Count;
        IntList pads = [.. Pads.Select((pad, i) => i < axes ? pad : pad + Overhang(image, i - axes))];
        Variable ones = Variable.Of(Value.Full(1, g.DType, [1, 1, .. Kernel]));
        Variable counts = isKnown ? Variable.Of(Counts(g.DType, image, g.Shape))
            : CountIncludePad ? Variable.Scalar(Kernel.Aggregate(1, (a, b) => a * b), g.DType)
            : new Conv(Strides, pads, Dilations, 1).Apply(
                new Expand().Apply(Variable.Scalar(1, g.DType), Ops.Concat(0, Ops.Integers(1, 1), sizes)), ones);
        Variable planes = Ops.Reshape(g / counts, [g.Shape[0] * g.Shape[1], 1, .. g.Shape.Skip(2)]);
        Variable whole = new ConvInputGradient(Strides, pads, Dilations, 1).Apply(planes, ones, sizes);
        return [image.IsStatic ? Ops.Reshape(whole, image) : new Reshape(AllowZero: true).Apply(whole, Ops.Concat(0, new ShapeOf(0, 2).Apply(g), sizes))];
    }

    private Value Counts(DType type, Shape image, Shape windows)
    {
        int[] sizes = [.. windows.Skip(2).Select(d => d.Size)];
        var counts = new double[Value.CountOf(sizes)];
        for (int i = 0; i < counts.Length; i++)
        {
            int rest = i;
            counts[i] = 1;
            for (int axis = sizes.Length - 1; axis >= 0; axis--)
            {
                counts[i] *= Count(rest % sizes[axis], axis, image[axis + 2].Size);
                rest /= sizes[axis];
            }
        }

        // One number where all windows have the same count.
        if (counts.All(c => c == counts[0]))
        {
            return Value.Full(counts.Length == 0 ? 1 : counts[0], type);
        }

        Value result = Value.Zeros(type, sizes);
        for (int i = 0; i < counts.Length; i++)
        {
            result[i] = counts[i];
        }

        return result;
    }

    private int Count(int output, int axis, int size) => CountIncludePad
        ? PoolingWindow.CountPadded(output, Strides[axis], Pads[axis], Pads[axis + Kernel.Count], Dilations[axis], Kernel[axis], size)
        : new PoolingWindow(output, Strides[axis], Pads[axis], Dilations[axis], Kernel[axis], size).Count(Dilations[axis]);

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value dy, Value dx) = (arguments.Inputs[0], arguments.Outputs[0]);
        Spread<T>(Passes(dx.Sizes, dy.Sizes), dy.Span<T>(), dx.Span<T>(), arguments.Workers);
    }

    /// <summary>The passes of the pooling backwards.</summary>
    private void Spread<T>(ReadOnlySpan<PoolingShape> passes, ReadOnlySpan<T> dy, Span<T> dx, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (passes.Length == 1)
        {
            AveragePooling.Gradient(passes[0], CountIncludePad, dy, dx, workers);
            return;
        }

        int count = Value.CountOf([passes[0].Planes, passes[0].OutPlane]);
        using Scratch means = workers.Rent((long)count * Unsafe.SizeOf<T>());
        Spread(passes[1..], dy, means.Span<T>(count), workers);
        AveragePooling.Gradient<T>(passes[0], CountIncludePad, means.Span<T>(count), dx, workers);
    }
}
