using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>The sum of two matrix products, the second added to the first where it lies. It exists in plans alone. Inputs: A₁, B₁, A₂, B₂.</summary>
internal sealed record ProductSum(Gemm First, Gemm Second) : Operation
{
    public override string Name => "Gemm+Gemm";

    public override IReadOnlyList<TensorType> Infer(InferRequest inputs) => First.Infer(new InferRequest(First, inputs[0], inputs[1]));

    public override long Flops(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs) =>
        First.Flops(inputs[..2], outputs) + Second.Flops(inputs[2..], outputs);

    public override void Compute(KernelArguments arguments)
    {
        if (arguments.Outputs[0].DType == DType.Float32)
        {
            Add<float>(First, arguments, 0);
            Add<float>(Second, arguments, 2);
        }
        else
        {
            Add<double>(First, arguments, 0);
            Add<double>(Second, arguments, 2);
        }
    }

    private static void Add<T>(Gemm gemm, KernelArguments arguments, int first)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value a, Value b, Value c) = (arguments.Inputs[first], arguments.Inputs[first + 1], arguments.Outputs[0]);
        Kernels.Gemm.Multiply(
            Kernels.SimdWidths.Best, gemm.TransposeA, gemm.TransposeB, c.Sizes[0], c.Sizes[1], a.Sizes[gemm.TransposeA ? 0 : 1], T.CreateChecked(gemm.Alpha),
            a.Span<T>(), a.Sizes[1], b.Span<T>(), b.Sizes[1], first == 0 ? T.Zero : T.One, c.Span<T>(), c.Sizes[1], arguments.Workers);
    }
}
