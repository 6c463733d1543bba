using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>
/// A product of dequantized matrices of eight bits, s·(a − z)·t·(b − y), becomes s·t times the product of the integers: weights stay in eight bits, and integers are multiplied twice as fast. It is how files in the form
/// QuantizeLinear, DequantizeLinear are meant.
/// </summary>
internal sealed class MultiplyIntegers : RewritingPass
{
    public override string Name => "multiply integers";

    public override bool IsOn(CompilationOptions options) => options.MultiplyIntegers;

    public override Signature Apply(Signature signature) =>
        signature.Nodes.Any(node => node.Operation is DequantizeLinear) ? new Transform().Apply(signature) : signature;

    private sealed class Transform : GraphTransform
    {
        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) => node.Operation switch
        {
            MatMul when Product(inputs[0], inputs[1], transposeB: false) is { } product => [product],
            Gemm { TransposeA: false, Alpha: 1, Beta: 1 } gemm when Product(inputs[0], inputs[1], gemm.TransposeB) is { } product => [inputs.Optional(2) is { } addend ? product + addend : product],
            _ => Rebuild(node, inputs),
        };

        private static Variable? Product(Variable a, Variable b, bool transposeB)
        {
            // One scale for all of the left matrix, and one for all of the right or for each column.
            if (b.Shape.Rank != 2 || Dequantized(a) is not { } left || Dequantized(b) is not { } right || !Scales.IsOne(left.Inputs[1].Shape) || !IsBesideColumns(right, transposeB ? 0 : 1))
                return null;
            return ((DequantizeLinear)left.Operation).Product(left.Inputs, right.Inputs, transposeB);
        }

        /// <summary>The node that makes float32 of eight bits, without blocks; null where there is none.</summary>
        private static Node? Dequantized(Variable x) => x is { DType: DType.Float32, Producer: { Operation: DequantizeLinear { Block: 0 } } node }
            && node.Inputs[0].DType is DType.Int8 or DType.UInt8 && node.Inputs[1].DType == DType.Float32 ? node : null;

        private static bool IsBesideColumns(Node node, int columns) => Scales.IsOne(node.Inputs[1].Shape) || (((DequantizeLinear)node.Operation).Axis == columns && node.Inputs[1].Shape.Rank == 1);
    }
}
