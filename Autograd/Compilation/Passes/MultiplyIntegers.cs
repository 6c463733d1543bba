using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>
/// A product of dequantized matrices of eight bits, s·(a − z)·t·(b − y), becomes s·t times the product of the integers: weights stay in eight bits, and integers are multiplied twice as fast. It is how files in the form
/// QuantizeLinear, DequantizeLinear are meant. A convolution of such goes the same way; where its result is quantized and nothing else takes it, all of it becomes one quantized convolution.
/// </summary>
internal sealed class MultiplyIntegers : RewritingPass
{
    public override string Name => "multiply integers";

    public override bool IsOn(CompilationOptions options) => options.MultiplyIntegers;

    public override Signature Apply(Signature signature) =>
        signature.Nodes.Any(node => node.Operation is DequantizeLinear) ? new Transform(signature).Apply(signature) : signature;

    private sealed class Transform : GraphTransform
    {
        private readonly Dictionary<Variable, int> uses = new(ReferenceEqualityComparer.Instance);

        public Transform(Signature signature)
        {
            foreach (Variable variable in signature.Nodes.SelectMany(node => node.Inputs).Concat(signature.Outputs.Select(output => output.Variable)).Concat(signature.Updates.Select(update => update.NewValue)))
                uses[variable] = uses.GetValueOrDefault(variable) + 1;
        }

        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) => node.Operation switch
        {
            MatMul when Product(inputs[0], inputs[1], transposeB: false) is { } product => [product],
            Gemm { TransposeA: false, Alpha: 1, Beta: 1 } gemm when Product(inputs[0], inputs[1], gemm.TransposeB) is { } product => [inputs.Optional(2) is { } addend ? product + addend : product],
            Conv window when Convolution(window, inputs) is { } convolution => [convolution],
            QuantizeLinear quantize when QuantizedConvolution(quantize, node) is { } convolution => [convolution],
            _ => Rebuild(node, inputs),
        };

        private static Variable? Product(Variable a, Variable b, bool transposeB)
        {
            // One scale for all of the left matrix, and one for all of the right or for each column.
            if (b.Shape.Rank != 2 || Dequantized(a) is not { } left || Dequantized(b) is not { } right || !Scales.IsOne(left.Inputs[1].Shape) || !IsBesideColumns(right, transposeB ? 0 : 1))
                return null;
            return ((DequantizeLinear)left.Operation).Product(left.Inputs, right.Inputs, transposeB);
        }

        private static Variable? Convolution(Conv window, Arguments inputs)
        {
            if (Operands(inputs) is not var (x, w))
                return null;
            Variable sum = ((DequantizeLinear)x.Operation).Convolution(window, x.Inputs, w.Inputs);
            return inputs.Optional(2) is { } addend ? sum + Beside(addend, sum) : sum;
        }

        /// <summary>A quantized convolution in the place of one whose result this node quantizes, with what is added to it in int32 in units of its sums; null where it is not that.</summary>
        private Variable? QuantizedConvolution(QuantizeLinear quantize, Node node)
        {
            (Variable result, Variable scale, Variable? zero) = (node.Inputs[0], node.Inputs[1], node.Inputs.Optional(2));
            if (quantize is not { Block: 0, Precision: null, To: DType.Int8 or DType.UInt8 } || !Scales.IsOne(scale.Shape) || scale.DType != DType.Float32)
                return null;

            // A rectifier before saturation at the zero point changes nothing.
            if (result.Producer is { Operation: Relu } relu && uses.GetValueOrDefault(result) == 1 && IsLeast(zero, quantize.To))
                result = relu.Inputs[0];
            if (result.Producer is not { Operation: Conv window } convolution || uses.GetValueOrDefault(result) != 1 || Operands(convolution.Inputs) is not var (x, w))
                return null;
            Node? addend = convolution.Inputs.Optional(2)?.Producer;
            if (convolution.Inputs.Has(2) && !(addend is { Operation: DequantizeLinear } && IsInUnitsOfSums(addend, x, w)))
                return null;
            return quantize.Convolution(window, x.Inputs.Map(Map), w.Inputs.Map(Map), addend is null ? null : Map(addend.Inputs[0]), Map(scale), zero is null ? null : Map(zero));
        }

        private static (Node X, Node W)? Operands(Arguments inputs) =>
            Dequantized(inputs[0]) is { } x && Dequantized(inputs[1]) is { } w && Scales.IsOne(x.Inputs[1].Shape) && IsBesideColumns(w, 0) ? (x, w) : null;

        private static bool IsLeast(Variable? zero, DType type) =>
            zero is null ? type == DType.UInt8 : Scales.IsOne(zero.Shape) && zero.Constant is { } number && number[0] == (type == DType.Int8 ? sbyte.MinValue : 0);

        /// <summary>Whether numbers for each channel are int32 without a zero point, whose scales are the products of those of image and weights, but for rounding.</summary>
        private static bool IsInUnitsOfSums(Node addend, Node x, Node w)
        {
            const double rounding = 1e-6;
            if (addend.Operation is not DequantizeLinear { Block: 0 } || addend.Inputs[0].DType != DType.Int32
                || addend.Inputs[1].Constant is not { } own || x.Inputs[1].Constant is not { } left || w.Inputs[1].Constant is not { } right
                || (addend.Inputs.Optional(2) is { } zero && !(zero.Constant is { } zeros && Enumerable.Range(0, zeros.Count).All(i => zeros[i] == 0))))
                return false;
            return Enumerable.Range(0, Math.Max(own.Count, right.Count)).All(i => Math.Abs((own[own.Count == 1 ? 0 : i] / (left[0] * right[right.Count == 1 ? 0 : i])) - 1) <= rounding);
        }

        /// <summary>A number for each channel beside an image.</summary>
        private static Variable Beside(Variable numbers, Variable image) => Ops.Reshape(numbers, [numbers.Shape[0], .. Enumerable.Repeat((Dim)1, image.Shape.Rank - 2)]);

        /// <summary>The node that makes float32 of eight bits, without blocks; null where there is none.</summary>
        private static Node? Dequantized(Variable x) => x is { DType: DType.Float32, Producer: { Operation: DequantizeLinear { Block: 0 } } node }
            && node.Inputs[0].DType is DType.Int8 or DType.UInt8 && node.Inputs[1].DType == DType.Float32 ? node : null;

        private static bool IsBesideColumns(Node node, int columns) => Scales.IsOne(node.Inputs[1].Shape) || (((DequantizeLinear)node.Operation).Axis == columns && node.Inputs[1].Shape.Rank == 1);
    }
}
