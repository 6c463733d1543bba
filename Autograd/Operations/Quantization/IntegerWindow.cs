using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Quantization;

/// <summary>The convolution of bytes of a node of which all sizes are known.</summary>
internal sealed class IntegerWindow
{
    private readonly ByteConvolution convolution;
    private readonly (int X, int W, int ZeroX, int ZeroW) at;
    private readonly Storage? packed;

    /// <summary>Prepares it.</summary>
    /// <param name="request">The node.</param>
    /// <param name="window">Its window.</param>
    /// <param name="at">The positions of image, weights and their zero points.</param>
    public IntegerWindow(LowerRequest request, Conv window, (int X, int W, int ZeroX, int ZeroW) at)
    {
        this.at = at;
        ReadOnlySpan<int> x = request.Sizes(at.X), w = request.Sizes(at.W);
        int groups = window.Group, pairs = PairedPlanes.Pairs(w[1]);

        // The sizes are checked as they are, then those of pairs are taken.
        window.KernelShape(x, w);
        int[] images = [x[0], pairs * groups, .. x[2..]], weights = [w[0], pairs, .. w[2..]];
        convolution = new(window.KernelShape(images, weights), window.VolumeShape(images, weights), (x[0], w[1], Value.CountOf(x[2..]), Value.CountOf(w[2..])));
        Flops = ConvolutionOperation.Flops(request.ResultSizes(0), w);
        if (!request.Has(at.ZeroW))
            packed = request.Packed(at.W, convolution.Form, all => convolution.Pack(all, []));
        else if (request.Constant(at.ZeroW) is { } zero && Numbers(zero) is var zeros)
            packed = request.Packed(at.W, $"{convolution.Form}, less {string.Join(' ', zeros)}", all => convolution.Pack(all, zeros));
    }

    /// <summary>The operations of one run.</summary>
    public long Flops { get; }

    /// <summary>Whether all that is convolved has eight bits, and zero points have the type of what they belong to.</summary>
    public static bool Computes(Variable x, Variable w, Variable? zeroX, Variable? zeroW) =>
        IsByte(x.DType) && IsByte(w.DType) && (zeroX is null || zeroX.DType == x.DType) && (zeroW is null || zeroW.DType == w.DType);

    /// <summary>Computes the sums.</summary>
    /// <param name="arguments">The inputs of the node, and the threads.</param>
    /// <param name="bias">A number for each output, or none.</param>
    /// <param name="y">The result.</param>
    public void Run(KernelArguments arguments, ReadOnlySpan<int> bias, Span<int> y)
    {
        int[] zero = Numbers(arguments, at.ZeroX), zeros = packed is null ? Numbers(arguments, at.ZeroW) : [];
        convolution.Run(arguments.Inputs[at.X], zero.Length == 0 ? 0 : zero[0], arguments.Inputs[at.W], zeros, packed, bias, y, arguments.Workers);
    }

    private static bool IsByte(DType type) => type is DType.Int8 or DType.UInt8;

    private static int[] Numbers(KernelArguments arguments, int position) =>
        position < arguments.Inputs.Length && arguments.Inputs[position] is { } numbers ? Numbers(numbers) : [];

    private static int[] Numbers(Value numbers) => [.. Enumerable.Range(0, numbers.Count).Select(i => (int)numbers[i])];
}
