using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>A convolution, or one of its gradients, by Winograd's minimal filtering. It exists in plans alone.</summary>
/// <param name="Inner">A <see cref="Conv"/>, a <see cref="FusedProduct"/> of one, a <see cref="ConvInputGradient"/> or a <see cref="ConvWeightGradient"/>.</param>
internal sealed record WinogradConvolution(Operation Inner) : Operation
{
    /// <summary>The transformed weights, if they never change; null if they are transformed in each run.</summary>
    public Storage? Packed { get; init; }

    public override string Name => Inner.Name;

    /// <summary>The operation itself, or the faster form where it suits the sizes.</summary>
    public static Operation Prepare(Operation operation, ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs) =>
        outputs is [{ DType: DType.Float32 }] && ShapeOf(operation, inputs, outputs[0]) is { } shape && Winograd.Suits<float>(shape)
            ? new WinogradConvolution(operation)
            : operation;

    public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => Inner.Infer(inputs);

    // The work that is asked for, not the smaller one that is done.
    public override long Flops(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs) => Inner.Flops(inputs, outputs);

    public override void Compute(KernelArguments arguments)
    {
        (Value a, Value b, Value result) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        ConvolutionShape shape = ShapeOf(Inner, arguments.Inputs, result)!.Value;
        switch (Inner)
        {
            case ConvInputGradient:
                Winograd.InputGradient<float>(shape, a.Span<float>(), b.Span<float>(), result.Span<float>(), arguments.Workers);
                break;
            case ConvWeightGradient:
                Winograd.WeightGradient<float>(shape, a.Span<float>(), b.Span<float>(), result.Span<float>(), arguments.Workers);
                break;
            default:
                FusedProduct? fused = Inner as FusedProduct;
                ReadOnlySpan<float> bias = fused is { HasBias: true } ? arguments.Inputs[2].Span<float>() : [];
                Winograd.Forward(shape, a.Span<float>(), b.Span<float>(), bias, result.Span<float>(), arguments.Workers, fused is { Relu: true }, Packed);
                break;
        }
    }

    /// <summary>Transforms constant weights once, for the inputs of a plan; null where the weights are not what is transformed.</summary>
    public Storage? Pack(ReadOnlySpan<Value> inputs) => Inner is Conv or FusedProduct && ShapeOf(Inner, inputs, inputs[0]) is { } shape
        ? Winograd.Pack<float>(shape, inputs[1].Span<float>())
        : null;

    private static ConvolutionShape? ShapeOf(Operation operation, ReadOnlySpan<Value> inputs, Value result) => operation switch
    {
        Conv conv => conv.KernelShape(inputs[0].Sizes, inputs[1].Sizes),
        FusedProduct { Product: Conv conv } => conv.KernelShape(inputs[0].Sizes, inputs[1].Sizes),
        ConvInputGradient gradient => gradient.KernelShape(result.Sizes, inputs[1].Sizes),
        ConvWeightGradient gradient => gradient.KernelShape(inputs[0].Sizes, result.Sizes),
        _ => null,
    };
}
