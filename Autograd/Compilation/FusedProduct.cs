using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>
/// A product or convolution whose bias and rectifier are applied to each result while it is in a register. It exists in plans alone.
/// Inputs: those of the product, then the bias if there is one.
/// </summary>
/// <param name="Product">A <see cref="Gemm"/>, a <see cref="MatMul"/> with a matrix on the right, or a <see cref="Conv"/>.</param>
/// <param name="HasBias">Whether a bias is added: one number per column of a matrix, per channel of an image.</param>
/// <param name="Relu">Whether negative results become 0.</param>
internal sealed record FusedProduct(Operation Product, bool HasBias, bool Relu) : Operation
{
    private static readonly Gemm Plain = new();

    /// <summary>The right operand, or the weights, packed once because they never change; null if they are packed in each run.</summary>
    public Storage? Packed { get; init; }

    public override string Name => Product.Name + (HasBias ? "+Add" : string.Empty) + (Relu ? "+Relu" : string.Empty);

    /// <summary>Whether an operation on inputs of these types can take a bias and a rectifier.</summary>
    public static bool Handles(Operation operation, Arguments inputs) =>
        operation is Gemm or Conv || (operation is MatMul && inputs[1].Shape.Rank == 2);

    /// <summary>Whether a value of some shape, added to a product's result by broadcasting, is one number per column or per channel.</summary>
    public static bool IsBias(Operation product, Shape result, Shape bias)
    {
        // The axis that the bias runs along, counted from the end.
        int axis = product is Conv ? result.Rank - 1 : 1;
        for (int i = 1; i <= bias.Rank; i++)
        {
            if (bias[^i] != (i == axis ? result[^axis] : 1))
            {
                return false;
            }
        }

        return bias.Rank >= axis && bias.Rank <= result.Rank;
    }

    public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => Product.Infer(new InferRequest(Product, inputs[0], inputs[1]));

    public override long Flops(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs) => Product.Flops(inputs[..2], outputs);

    public override void Compute(KernelArguments arguments)
    {
        if (arguments.Outputs[0].DType == DType.Float32)
        {
            Compute<float>(arguments);
        }
        else
        {
            Compute<double>(arguments);
        }
    }

    private void Compute<T>(KernelArguments arguments)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value a, Value b, Value c) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        ReadOnlySpan<T> bias = HasBias ? arguments.Inputs[2].Span<T>() : [];
        if (Product is Conv conv)
        {
            Kernels.Convolution.Forward(conv.KernelShape(a.Sizes, b.Sizes), a.Span<T>(), b.Span<T>(), bias, c.Span<T>(), arguments.Workers, Relu, Packed);
            return;
        }

        Gemm gemm = Product as Gemm ?? Plain;
        int n = c.Sizes[^1], m = n == 0 ? 0 : c.Count / n, k = gemm.TransposeA ? a.Sizes[0] : a.Sizes[^1];
        Kernels.Gemm.Multiply(
            Kernels.SimdWidths.Best, gemm.TransposeA, gemm.TransposeB, m, n, k, T.CreateChecked(gemm.Alpha), a.Span<T>(), a.Sizes[^1], b.Span<T>(), b.Sizes[^1],
            T.Zero, c.Span<T>(), n, arguments.Workers, new Kernels.GemmEpilogue<T> { Bias = bias, Relu = Relu }, Packed);
    }
}
