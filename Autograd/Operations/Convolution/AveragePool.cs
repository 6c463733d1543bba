using System.Numerics;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Convolution;

/// <summary>The mean of each window (ONNX <c>AveragePool</c>) of an image [N, C, H, W], or a signal or volume. Padded places count as zeros or not at all.</summary>
/// <param name="Kernel">The size of the window along each axis.</param>
/// <param name="Strides">Steps of the window along each axis.</param>
/// <param name="Pads">Padding before each axis, then after each axis.</param>
/// <param name="Dilations">Distances of the places of the window along each axis; others than 1 from operator set 19 on.</param>
/// <param name="CeilMode">Whether a last window that begins within the image or the padding before it counts although it reaches beyond the padding; what lies beyond never
/// counts.</param>
/// <param name="CountIncludePad">Whether padded places count.</param>
public sealed record AveragePool(IntList Kernel, IntList Strides, IntList Pads, IntList Dilations, bool CeilMode = false, bool CountIncludePad = false)
    : Pooling(Kernel, Strides, Pads, Dilations, CeilMode), IHasKernel, IRunsInBlocks, IOperator
{
    private const int DilationsSince = 19;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new AveragePool([2, 2], [2, 2], [0, 0, 0, 0], [1, 1]), new ExampleInput(["batch", 2, 4, 5])),
        new(new AveragePool([3, 2], [1, 2], [1, 0, 1, 1], [1, 1]), new ExampleInput([2, 1, 4, 5])),
        new(new AveragePool([3, 2], [1, 2], [1, 0, 1, 1], [1, 1], CountIncludePad: true), new ExampleInput([2, 1, 4, 5])),
        new(new AveragePool([2, 3], [2, 2], [0, 1, 0, 1], [1, 1], CeilMode: true, CountIncludePad: true), new ExampleInput(["batch", 1, 5, 4])),
        new(new AveragePool([3], [2], [1, 1], [1]), new ExampleInput(["batch", 2, 6])),
        new(new AveragePool([2, 2], [1, 2], [1, 0, 0, 1], [1, 1]), new ExampleInput([2, 1, "height", "width"])),
        new(new AveragePool([2, 2, 3], [1, 2, 1], [1, 0, 0, 0, 0, 1], [1, 1, 1]), new ExampleInput(["batch", 1, 3, 3, 4])),
        new(new AveragePool([2, 2], [1, 1], [0, 1, 0, 0], [2, 1], CountIncludePad: true), new ExampleInput([2, 1, 4, 3])) { Opset = DilationsSince },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => [Ops.AveragePool(node[0], PoolingNode.Options(node))];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        return [inputs[0] with { Shape = OutputShape(inputs[0].Shape) }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        RequirePlaces(request.Sizes(0));
        return request.Floating(request.Type(0), Compute<float>, Compute<double>);
    }

    /// <summary>Image by image.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result) => new([0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) =>
    [
        request.Gradient(0) is { } g
            ? new AveragePoolGradient(Kernel, Strides, Pads, Dilations, CeilMode, CountIncludePad).Apply(g, Sizes.Of([.. request[0].Shape.Skip(2)], request[0]))
            : null,
    ];

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < DilationsSince && Dilations.Any(d => d != 1) ? null : new(Name)
    {
        Attributes = [new OnnxAttribute("count_include_pad", CountIncludePad ? 1L : 0L), .. WindowAttributes(request.Inputs[0].Shape, CountIncludePad)],
        RuntimeTypes = [DType.Float32],
    };

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value x, Value y) = (arguments.Inputs[0], arguments.Outputs[0]);
        Fold<T>(Passes(x.Sizes, y.Sizes), x.Span<T>(), y.Span<T>(), arguments.Workers);
    }

    private void Fold<T>(ReadOnlySpan<PoolingShape> passes, ReadOnlySpan<T> x, Span<T> y, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (passes.Length == 1)
        {
            AveragePooling.Forward(passes[0], CountIncludePad, x, y, workers);
            return;
        }

        int count = Value.CountOf([passes[0].Planes, passes[0].OutPlane]);
        using Scratch means = workers.Rent((long)count * Unsafe.SizeOf<T>());
        AveragePooling.Forward(passes[0], CountIncludePad, x, means.Span<T>(count), workers);
        Fold<T>(passes[1..], means.Span<T>(count), y, workers);
    }
}
