using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.LinearAlgebra;

/// <summary>
/// The determinant of square matrices […, n, n] (ONNX <c>Det</c>), by the recurrence of Faddeev and LeVerrier: n products of matrices and no division by an element, so that derivatives of any order hold
/// for singular matrices as well. Computed in float64; meant for small n, as the terms grow like n powers of the matrix.
/// </summary>
public sealed record Det : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
        [new(new Det(), new ExampleInput([2, 2])), new(new Det(), new ExampleInput(["batch", 3, 3])), new(new Det(), new ExampleInput([2, 2, 4, 4]))];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Det().ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs)
    {
        Shape shape = inputs[0].Shape;
        if (shape.Rank < 2 || shape[^1] != shape[^2])
            throw new ShapeException($"{Name} expects square matrices, found the shape {shape}.");
        int rank = shape.Rank, n = Require.Static(this, inputs[0].Type, rank - 1);
        Variable a = Ops.Cast(inputs[0], DType.Float64), identity = Identity(n);

        // M₁ = 1, cₖ = −tr(A·Mₖ)/k, Mₖ₊₁ = A·Mₖ + cₖ·1, det A = (−1)ⁿ cₙ.
        Variable product = a;
        Variable? c = null;
        for (int k = 1; k <= n; k++)
        {
            if (c is not null)
                product = Ops.MatMul(a, product + (c * identity));
            c = Ops.Sum(product * identity, [rank - 2, rank - 1], keepDims: true) / -k;
        }

        Variable determinant = c is null ? Ops.Sum(a, [rank - 2, rank - 1], keepDims: true) + 1 : n % 2 == 0 ? c : -c;
        return [Ops.Cast(Ops.Reshape(determinant, [.. shape.SkipLast(2)]), inputs[0].DType)];
    }

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Inputs[0].DType == DType.Float64 ? null : new(Name);

    private static Variable Identity(int n)
    {
        Value identity = Value.Zeros(DType.Float64, n, n);
        for (int i = 0; i < n; i++)
            identity[(i * n) + i] = 1;
        return Variable.Of(identity);
    }
}
