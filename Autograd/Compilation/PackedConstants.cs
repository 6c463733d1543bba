using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Tensors;
using Gemm = Toolkit.Autograd.Operations.LinearAlgebra.Gemm;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// Constant right operands of products and constant weights of convolutions in the order in which kernels read them, packed when a plan is made and shared by
/// all plans of a function. Packing takes as long as some rows of a product, in every run if it is not done before.
/// </summary>
internal sealed class PackedConstants
{
    private readonly Dictionary<(Value Weights, Form Form), Storage?> packed = [];

    private enum Form
    {
        Product,
        TransposedProduct,
        Pixels,
        Winograd,
    }

    /// <summary>A node's operation as it is planned, with its constant operand packed where a kernel can use that.</summary>
    public Operation Prepare(Node node, Operation operation, Value[] inputs)
    {
        if (node.Inputs.Length < 2 || node.Inputs[1].Constant is not { Count: > 0 } weights)
        {
            return operation;
        }

        if (operation is WinogradConvolution winograd)
        {
            return winograd with { Packed = Once(weights, Form.Winograd, () => winograd.Pack(inputs)) };
        }

        return !FusedProduct.Handles(Product(operation), node.Inputs) ? operation
            : weights.DType == DType.Float32 ? Prepare<float>(operation, weights, inputs[0])
            : Prepare<double>(operation, weights, inputs[0]);
    }

    private static Operation Product(Operation operation) => operation is FusedProduct fused ? fused.Product : operation;

    private Operation Prepare<T>(Operation operation, Value weights, Value left)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FusedProduct product = operation as FusedProduct ?? new FusedProduct(operation, HasBias: false, Relu: false);
        if (product.Product is Conv conv)
        {
            ConvolutionShape shape = conv.KernelShape(left.Sizes, weights.Sizes);
            return PixelConvolution.Suits<T>(shape)
                ? product with { Packed = Once(weights, Form.Pixels, () => PixelConvolution.Pack<T>(shape, weights.Span<T>(), SimdWidths.Best)) }
                : operation;
        }

        bool transpose = product.Product is Gemm { TransposeB: true };
        int n = weights.Sizes[transpose ? 0 : 1], k = weights.Sizes[transpose ? 1 : 0];

        return product with
        {
            Packed = Once(
                weights, transpose ? Form.TransposedProduct : Form.Product, () => Kernels.Gemm.Pack<T>(SimdWidths.Best, transpose, n, k, weights.Span<T>(), weights.Sizes[1])),
        };
    }

    private Storage? Once(Value weights, Form form, Func<Storage?> pack)
    {
        if (!packed.TryGetValue((weights, form), out Storage? known))
        {
            packed[(weights, form)] = known = pack();
        }

        return known;
    }
}
