using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;
using Gemm = Toolkit.Autograd.Operations.LinearAlgebra.Gemm;

namespace Toolkit.Autograd.Lowering;

/// <summary>The sum of two matrix products, the second added to the first where it lies. Inputs: A₁, B₁, A₂, B₂.</summary>
internal static class ProductSum
{
    /// <summary>The kernel.</summary>
    /// <param name="first">The first product.</param>
    /// <param name="second">The second product.</param>
    /// <param name="inputs">Values of the types and sizes of the inputs.</param>
    /// <param name="result">A value of the type and sizes of the result.</param>
    public static Kernel Lower(Gemm first, Gemm second, Value[] inputs, Value result)
    {
        long flops = 2L * result.Count * (inputs[0].Sizes[first.TransposeA ? 0 : 1] + inputs[2].Sizes[second.TransposeA ? 0 : 1]);
        return result.DType switch
        {
            DType.Float32 => Kernel.Of(
                a =>
                {
                    first.Accumulate<float>(a, 0, isFirst: true);
                    second.Accumulate<float>(a, 2, isFirst: false);
                },
                flops),
            DType.Float64 => Kernel.Of(
                a =>
                {
                    first.Accumulate<double>(a, 0, isFirst: true);
                    second.Accumulate<double>(a, 2, isFirst: false);
                },
                flops),
            var type => throw new DTypeException($"A sum of products has no kernel for elements of type {type}."),
        };
    }
}
