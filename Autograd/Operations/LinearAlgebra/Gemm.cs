using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.LinearAlgebra;

/// <summary>
/// The matrix product α·A′B′, where ′ transposes if asked (ONNX <c>Gemm</c> without addend): [m, k]·[k, n] → [m, n].
/// Gradients are products of the same kind: for C = AB, G Bᵀ and Aᵀ G (book section 6.5.6).
/// </summary>
/// <param name="TransposeA">Whether A is given as [k, m].</param>
/// <param name="TransposeB">Whether B is given as [n, k].</param>
/// <param name="Alpha">The factor α.</param>
public sealed record Gemm(bool TransposeA = false, bool TransposeB = false, double Alpha = 1) : Operation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new Gemm(), new ExampleInput(["batch", 4]), new ExampleInput([4, 5])),
        new(new Gemm(TransposeA: true), new ExampleInput([4, 3]), new ExampleInput([4, 5])),
        new(new Gemm(TransposeB: true, Alpha: 0.5), new ExampleInput([3, 4]), new ExampleInput([5, 4])),
        new(new Gemm(true, true, -2), new ExampleInput([4, 3]), new ExampleInput([5, 4])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        (Variable a, Variable b, bool transposeA, bool transposeB) = (node[0], node[1], node.Flag("transA"), node.Flag("transB"));
        if (a.Shape.Rank == 2 && b.Shape.Rank == 2)
            node.Equate(a.Shape[transposeA ? 0 : 1], b.Shape[transposeB ? 1 : 0]);
        return Addend(node, Ops.Gemm(a, b, transposeA, transposeB, node.Number("alpha")));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.Floating(this, inputs[0].DType);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        Require.Rank(this, inputs[0], 2);
        Require.Rank(this, inputs[1], 2);
        (Shape a, Shape b) = (inputs[0].Shape, inputs[1].Shape);
        (Dim m, Dim k) = TransposeA ? (a[1], a[0]) : (a[0], a[1]);
        (Dim inner, Dim n) = TransposeB ? (b[1], b[0]) : (b[0], b[1]);
        return k == inner
            ? [inputs[0] with { Shape = [m, n] }]
            : throw new ShapeException(
                $"{Name} expects equal inner dimensions, found {k} of {a}{Mark(TransposeA)} and {inner} of {b}{Mark(TransposeB)}.");
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<Value> inputs, ReadOnlySpan<Value> outputs) =>
        2L * outputs[0].Count * inputs[0].Sizes[TransposeA ? 0 : 1];

    /// <inheritdoc/>
    public override void Compute(KernelArguments arguments)
    {
        (Value a, Value b, Value c) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        (int m, int n) = (c.Sizes[0], c.Sizes[1]);
        int k = TransposeA ? a.Sizes[0] : a.Sizes[1];
        if (c.DType == DType.Float32)
        {
            Kernels.Gemm.Multiply(
                TransposeA, TransposeB, m, n, k, (float)Alpha, a.Span<float>(), a.Sizes[1], b.Span<float>(), b.Sizes[1], 0f,
                c.Span<float>(), n, arguments.Workers);
        }
        else
        {
            Kernels.Gemm.Multiply(
                TransposeA, TransposeB, m, n, k, Alpha, a.Span<double>(), a.Sizes[1], b.Span<double>(), b.Sizes[1], 0d,
                c.Span<double>(), n, arguments.Workers);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        (Variable a, Variable b) = (request[0], request[1]);
        return request.Each(input => input == 0
            ? TransposeA ? Ops.Gemm(b, g, TransposeB, true, Alpha) : Ops.Gemm(g, b, false, !TransposeB, Alpha)
            : TransposeB ? Ops.Gemm(g, a, true, TransposeA, Alpha) : Ops.Gemm(a, g, !TransposeA, false, Alpha));
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes =
        [
            new OnnxAttribute("alpha", (float)Alpha),
            new OnnxAttribute("transA", TransposeA ? 1L : 0L),
            new OnnxAttribute("transB", TransposeB ? 1L : 0L),
        ],
    };

    private static string Mark(bool transposed) => transposed ? " transposed" : string.Empty;

    /// <summary>The standard's addend βC, which broadcasts to the product.</summary>
    private static IReadOnlyList<Variable> Addend(OnnxNode node, Variable product)
    {
        if (node.Optional(2) is not { } addend)
            return [product];
        float beta = node.Number("beta");
        return [product + (beta == 1 ? addend : beta * addend)];
    }
}
