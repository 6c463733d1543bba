using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Lowering;

/// <summary>Convolutions and their gradients by Winograd's minimal filtering, where it suits the sizes.</summary>
internal static class WinogradKernels
{
    /// <summary>The kernel of an operation; null where it is none of these, or the sizes do not suit.</summary>
    public static Kernel? For(Operation operation, LowerRequest request, Epilogue epilogue)
    {
        if (operation is not ConvolutionOperation { Strides.Count: 2 } || request.ResultType(0) != DType.Float32)
        {
            return null;
        }

        // The work that is asked for, not the smaller one that is done, is what profiles count.
        switch (operation)
        {
            case Conv conv when Suits(conv.KernelShape(request.Sizes(0), request.Sizes(1)), out ConvolutionShape shape):
                Storage? packed = request.Packed(1, "Winograd", w => Winograd.Pack<float>(shape, w.Span<float>()));
                return Kernel.Of(
                    a => Winograd.Forward(
                        shape, a.Inputs[0].Span<float>(), a.Inputs[1].Span<float>(), epilogue.Bias < 0 ? [] : a.Inputs[epilogue.Bias].Span<float>(),
                        a.Outputs[0].Span<float>(), a.Workers, epilogue.Relu, packed),
                    ConvolutionOperation.Flops(request.ResultSizes(0), request.Sizes(1)));
            case ConvInputGradient conv when Suits(conv.KernelShape(request.ResultSizes(0), request.Sizes(1)), out ConvolutionShape shape):
                conv.RequireGradient(request.Sizes(0), request.ResultSizes(0), request.Sizes(1));
                return Kernel.Of(
                    a => Winograd.InputGradient<float>(
                        shape, a.Inputs[0].Span<float>(), a.Inputs[1].Span<float>(), a.Outputs[0].Span<float>(), a.Workers),
                    ConvolutionOperation.Flops(request.Sizes(0), request.Sizes(1)));
            case ConvWeightGradient conv when Suits(conv.KernelShape(request.Sizes(0), request.ResultSizes(0)), out ConvolutionShape shape):
                conv.RequireGradient(request.Sizes(1), request.Sizes(0), request.ResultSizes(0));
                return Kernel.Of(
                    a => Winograd.WeightGradient<float>(
                        shape, a.Inputs[0].Span<float>(), a.Inputs[1].Span<float>(), a.Outputs[0].Span<float>(), a.Workers),
                    ConvolutionOperation.Flops(request.Sizes(1), request.ResultSizes(0)));
            default:
                return null;
        }
    }

    private static bool Suits(ConvolutionShape candidate, out ConvolutionShape shape)
    {
        shape = candidate;
        return Winograd.Suits<float>(candidate);
    }
}
