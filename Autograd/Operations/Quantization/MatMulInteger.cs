using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Quantization;

/// <summary>
/// (A − zero point of A)·(B − zero point of B) in int32 (ONNX <c>MatMulInteger</c>): matrices of int8 or uint8, as of <see cref="LinearAlgebra.MatMul"/>. A zero point is a scalar, or has one number for each
/// row of A or each column of B; 0 if it is left out. The gradient is zero.
/// </summary>
public sealed record MatMulInteger : CompositeOperation, IHasKernel, IOperator
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
                Shifted(this, inputs[0], inputs.Optional(2), isRows: true, DType.Int32), Shifted(this, inputs[1], inputs.Optional(3), isRows: false, DType.Int32), Ops.MatMul),
        ];

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        int[] a = Matrix(request.Sizes(0), isRow: true), b = Matrix(request.Sizes(1), isRow: false);
        (int m, int k, int n) = (a[^2], a[^1], b[^1]);
        int[] stack = StackOf(a, b);
        SimdWidth width = SimdWidths.Best;
        bool isConstant = request.Sizes(1).Length == 2, isInBytes = ByteRows.Suits(width, Value.CountOf([.. stack, m]));
        Storage? packed = !isConstant ? null : isInBytes ? request.Packed(1, "fours", right => ByteRows.Pack(width, right)) : request.Packed(1, "pairs", right => ByteProduct.Pack(width, right));
        return Kernel.Of(arguments => Compute(arguments, a, b, stack, width, isInBytes, packed), 2L * Value.CountOf([.. stack, m, n]) * k);
    }

    private static void Compute(KernelArguments arguments, int[] a, int[] b, int[] stack, SimdWidth width, bool isInBytes, Storage? packed)
    {
        (Value left, Value right, Value result) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        int count = Value.CountOf(stack);
        (int m, int k, int n) = (a[^2], a[^1], b[^1]);
        int[] zeroA = Zeros(arguments, 2, stack, m, isRows: true), zeroB = Zeros(arguments, 3, stack, n, isRows: false);
        int[] lefts = MatMul.StackOffsets(a.AsSpan()[..^2], stack, count), rights = MatMul.StackOffsets(b.AsSpan()[..^2], stack, count);

        // One right matrix for the whole stack: one product of all rows.
        bool isOne = b.Length == 2 || Value.CountOf(b.AsSpan()[..^2]) == 1;
        if (isOne && Value.CountOf(a.AsSpan()[..^2]) == count && zeroB.Length <= n)
            (m, count) = (m * count, Math.Min(count, 1));
        for (int i = 0; i < count; i++)
        {
            (int, int, int) sizes = (m, n, k);
            (nint, bool) rows = (left.Address + ((nint)lefts[i] * m * k), left.DType == DType.Int8), columns = (right.Address + ((nint)rights[i] * k * n), right.DType == DType.Int8);
            ReadOnlySpan<int> rowZeros = zeroA.Length == 0 ? [] : zeroA.AsSpan(i * m, m), columnZeros = zeroB.Length == 0 ? [] : zeroB.AsSpan(zeroB.Length == n ? 0 : i * n, n);
            Span<int> product = result.Span<int>().Slice(i * m * n, m * n);
            if (packed is not null && isInBytes)
                ByteRows.Multiply(width, sizes, rows, rowZeros, columns.Item2, columnZeros, product, packed, arguments.Workers);
            else
                ByteProduct.Multiply(width, sizes, rows, rowZeros, columns, columnZeros, product, packed, arguments.Workers);
        }

        GC.KeepAlive(left);
        GC.KeepAlive(right);
    }

    private static int[] Matrix(ReadOnlySpan<int> sizes, bool isRow) => sizes.Length > 1 ? sizes.ToArray() : isRow ? [1, sizes[0]] : [sizes[0], 1];

    private static int[] StackOf(int[] a, int[] b)
    {
        int rank = Math.Max(a.Length, b.Length) - 2;
        return [.. Enumerable.Range(0, rank).Select(i => Size(a, i) == 1 ? Size(b, i) : Size(a, i))];

        int Size(int[] sizes, int axis) => axis - rank + sizes.Length - 2 is var at and >= 0 ? sizes[at] : 1;
    }

    /// <summary>A zero point for each row, or column, of each matrix of the stack, or for those of one matrix where all have the same; none where all are 0.</summary>
    private static int[] Zeros(KernelArguments arguments, int position, int[] stack, int size, bool isRows)
    {
        if (arguments.Inputs.Length <= position || arguments.Inputs[position] is not { } zero)
            return [];
        int[] numbers = new int[zero.Count];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = (int)zero[i];
        if (!numbers.AsSpan().ContainsAnyExcept(0))
            return [];
        int count = Value.CountOf(stack);
        if (numbers.Length == 1)
            numbers = [.. Enumerable.Repeat(numbers[0], size)];
        if (zero.Rank < 2)
            return isRows ? [.. Enumerable.Repeat(numbers, count).SelectMany(each => each)] : numbers;
        int[] offsets = MatMul.StackOffsets(zero.Sizes[..^2], stack, count);
        return [.. offsets.SelectMany(offset => numbers.Skip(offset * size).Take(size))];
    }

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
    /// <param name="multiply">Multiplies matrices, and makes of the product what is made of it while it still has its rows and columns.</param>
    internal static Variable Product(Variable a, Variable b, Func<Variable, Variable, Variable> multiply)
    {
        (bool isRow, bool isColumn) = (a.Shape.Rank == 1, b.Shape.Rank == 1);
        a = isRow ? Ops.Reshape(a, [1, a.Shape[0]]) : a;
        b = isColumn ? Ops.Reshape(b, [b.Shape[0], 1]) : b;
        Variable product = multiply(a, b);
        return isRow || isColumn
            ? Ops.Reshape(product, [.. product.Shape.SkipLast(2), .. isRow ? [] : new[] { a.Shape[^2] }, .. isColumn ? [] : new[] { b.Shape[^1] }])
            : product;
    }
}
