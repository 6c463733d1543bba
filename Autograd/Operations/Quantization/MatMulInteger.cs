using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Quantization;

/// <summary>
/// (A − zero point of A)·(B − zero point of B) in int32 (ONNX <c>MatMulInteger</c>): matrices of int8 or uint8, as of <see cref="LinearAlgebra.MatMul"/>. A zero point is a scalar, or has one number for each
/// row of A or each column of B; 0 if it is left out. The gradient is zero.
/// </summary>
public sealed record MatMulInteger : CompositeOperation, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new MatMulInteger(), new ExampleInput(["batch", 4], DType.UInt8, 0, 100), new ExampleInput([4, 3], DType.Int8, -60, 60), new ExampleInput([], DType.UInt8, 3, 90), new ExampleInput([3], DType.Int8, -9, 9)) { Smoothness = 0 },
        new(new MatMulInteger(), new ExampleInput([2, 3, 4], DType.Int8, -60, 60), new ExampleInput([2, 4, 2], DType.Int8, -60, 60)) { Smoothness = 0 },
        new(new MatMulInteger(), new ExampleInput([2, 3], DType.UInt8, 0, 100), new ExampleInput([3, 2], DType.UInt8, 0, 100), new ExampleInput([], DType.UInt8, 1, 9)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new MatMulInteger().ApplyAll(node[0], node[1], node.Optional(2), node.Optional(3));

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Expand(Arguments inputs) =>
        [
            Product(
                Shifted(this, inputs[0], inputs.Optional(2), isRows: true, DType.Int32), Shifted(this, inputs[1], inputs.Optional(3), isRows: false, DType.Int32), product => product),
        ];

    /// <summary>Elements of a wide type without their zero point. A vector of zero points belongs to the rows of A, or the columns of B.</summary>
    internal static Variable Shifted(Operation operation, Variable x, Variable? zero, bool isRows, DType wide)
    {
        Variable y = Ops.Cast(x, wide);
        if (zero is null)
            return y;
        Require.SameType(operation, x.DType, zero.DType);
        RequireBeside(operation, zero, x.Shape, isRows);
        return y - ByRow(Ops.Cast(zero, wide), isRows);
    }

    /// <summary>Refuses numbers that are neither one for all, nor one for each row of A or column of B, nor the same for each matrix of a stack.</summary>
    internal static void RequireBeside(Operation operation, Variable numbers, Shape matrix, bool isRows)
    {
        (Shape shape, int axis, int summed) = (numbers.Shape, matrix.Rank - (isRows ? 2 : 1), matrix.Rank - (isRows ? 1 : 2));
        bool fits = Scales.IsOne(shape)
            || (matrix.Rank > 1 && shape.Rank == 1 && shape[0] == matrix[axis])
            || (matrix.Rank > 1 && shape.Rank == matrix.Rank && shape.Select((size, i) => size == (i == summed ? 1 : matrix[i]) || (i < matrix.Rank - 2 && size == 1)).All(isRight => isRight));
        if (!fits)
            throw new ShapeException($"{operation.Name} expects a scalar or one number for each {(isRows ? "row" : "column")} of {matrix}, found {shape}.");
    }

    /// <summary>A vector as a column where its numbers belong to rows.</summary>
    internal static Variable ByRow(Variable numbers, bool isRows) =>
        isRows && numbers.Shape.Rank == 1 && numbers.Shape[0] != 1 ? Ops.Reshape(numbers, [numbers.Shape[0], 1]) : numbers;

    /// <summary>The product, vectors as rows on the left and columns on the right.</summary>
    /// <param name="a">The left matrix.</param>
    /// <param name="b">The right matrix.</param>
    /// <param name="finish">What becomes of the product while it still has its rows and columns.</param>
    internal static Variable Product(Variable a, Variable b, Func<Variable, Variable> finish)
    {
        (bool isRow, bool isColumn) = (a.Shape.Rank == 1, b.Shape.Rank == 1);
        a = isRow ? Ops.Reshape(a, [1, a.Shape[0]]) : a;
        b = isColumn ? Ops.Reshape(b, [b.Shape[0], 1]) : b;
        Variable product = finish(Ops.MatMul(a, b));
        return isRow || isColumn
            ? Ops.Reshape(product, [.. product.Shape.SkipLast(2), .. isRow ? [] : new[] { a.Shape[^2] }, .. isColumn ? [] : new[] { b.Shape[^1] }])
            : product;
    }
}
