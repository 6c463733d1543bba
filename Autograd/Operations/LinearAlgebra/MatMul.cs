using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.LinearAlgebra;

/// <summary>
/// The product of matrices, or of stacks of matrices whose leading axes broadcast (ONNX <c>MatMul</c>): […, m, k]·[…, k, n] → […, m, n].
/// Both inputs have at least two axes.
/// </summary>
public sealed record MatMul : Operation, IProduct, IRunsInBlocks, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new MatMul(), new ExampleInput(["batch", 4]), new ExampleInput([4, 5])),
        new(new MatMul(), new ExampleInput([2, 3, 4]), new ExampleInput([2, 4, 5])),
        new(new MatMul(), new ExampleInput(["batch", 1, 3, 4]), new ExampleInput([2, 4, 5])),
        new(new MatMul(), new ExampleInput(["batch", 3, 4]), new ExampleInput([4, 2])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        // A vector is a row on the left and a column on the right, and its axis of size 1 goes from the result.
        (Variable a, Variable b) = (node[0], node[1]);
        (bool isRow, bool isColumn) = (a.Shape.Rank == 1, b.Shape.Rank == 1);
        a = isRow ? Ops.Reshape(a, [1, a.Shape[0]]) : a;
        b = isColumn ? Ops.Reshape(b, [b.Shape[0], 1]) : b;
        if (a.Shape.Rank >= 2 && b.Shape.Rank >= 2)
            node.Equate(a.Shape[^1], b.Shape[^2]);
        Variable product = Ops.MatMul(a, b);
        return [isRow || isColumn ? Ops.Reshape(product, [.. product.Shape.SkipLast(2), .. isRow ? [] : new[] { a.Shape[^2] }, .. isColumn ? [] : new[] { b.Shape[^1] }]) : product];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 2);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        (Shape a, Shape b) = (inputs[0].Shape, inputs[1].Shape);
        if (a.Rank < 2 || b.Rank < 2 || a[^1] != b[^2])
        {
            throw new ShapeException($"{Name} expects […, m, k] and […, k, n], found {a} and {b}.");
        }

        Shape stack = Broadcasting.Combine([.. a.SkipLast(2)], [.. b.SkipLast(2)])
            ?? throw new ShapeException($"{Name} expects leading axes that broadcast, found {a} and {b}.");
        return [inputs[0] with { Shape = [.. stack, a[^2], b[^1]] }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Lower(request, Epilogue.None);

    Kernel IProduct.Lower(LowerRequest request, Epilogue epilogue) => Lower(request, epilogue);

    int IProduct.BiasOf(Arguments inputs) => -1;

    bool IProduct.TakesEpilogue(Arguments inputs) => inputs[1].Shape.Rank == 2 && inputs[0].DType.IsFloating();

    int IProduct.BiasAxis(int rank) => 1;

    /// <summary>By the leading axis. A single right matrix is widened panel by panel.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result)
    {
        (Shape a, Shape b) = (inputs[0].Shape, inputs[1].Shape);
        if (b.Rank == 2)
            return new Blocks([0, -1], Least: a.Rank == 2 ? Gemm.BlockRows : 1, Panels: 1);
        return Axis(a) is { } left && Axis(b) is { } right && (left == 0 || right == 0) ? new Blocks([left, right]) : null;

        // Whether every block reads the whole stack: not known where a size may be 1 and may not.
        int? Axis(Shape shape) => shape.Rank < result.Rank || (shape[0] == 1 && result[0] != 1) ? -1 : shape[0] == result[0] ? 0 : null;
    }

    private static Kernel Lower(LowerRequest request, Epilogue epilogue) => request.Type(0) switch
    {
        DType.Float32 => Lower<float>(request, epilogue),
        DType.Float64 => Lower<double>(request, epilogue),
        DType.Int32 => Kernel.Of(Whole<int>),
        DType.Int64 => Kernel.Of(Whole<long>),
        DType.UInt32 => Kernel.Of(Whole<uint>),
        DType.UInt64 => Kernel.Of(Whole<ulong>),
        var type => throw request.NoKernel(type),
    };

    private static Kernel Lower<T>(LowerRequest request, Epilogue epilogue)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int k = request.Sizes(0)[^1];
        long flops = 2L * Value.CountOf(request.ResultSizes(0)) * k;
        Storage? packed = request.Sizes(1).Length == 2
            ? request.Packed(1, "product", w => Kernels.Gemm.Pack<T>(SimdWidths.Best, false, w.Sizes[1], w.Sizes[0], w.Span<T>(), w.Sizes[1]))
            : null;
        if (packed is not null || epilogue != Epilogue.None || request.Type(1) != request.Type(0))
            return Kernel.Of(arguments => Compute<T>(arguments, k, epilogue, packed), flops);
        (int[] a, int[] b, int[] c) = (request.Sizes(0).ToArray(), request.Sizes(1).ToArray(), request.ResultSizes(0).ToArray());

        // A single right matrix serves the whole stack: one large product instead of many small ones.
        if (c[^1] > 0 && Value.CountOf(b) == k * c[^1] && Value.CountOf(a) == (long)Value.CountOf(c) / c[^1] * k)
            (a, b, c) = ([Value.CountOf(c) / c[^1], k], b[^2..], [Value.CountOf(c) / c[^1], c[^1]]);
        int[] stack = c[..^2];
        return StackedGemm.Lower<T>(StackedMatrix.Of(a, stack), StackedMatrix.Of(b, stack), StackedMatrix.Of(c, stack), (c[^2], c[^1], k));
    }

    /// <summary>A single right matrix serves the whole stack: one large product.</summary>
    private static void Compute<T>(KernelArguments arguments, int k, Epilogue epilogue, Storage? packed)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value a, Value b, Value c) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        int n = c.Sizes[^1], m = n == 0 ? 0 : c.Count / n;
        StoredProduct.Multiply(
            false, false, (m, n, k), T.One, a, b, T.Zero, c, arguments.Workers,
            new GemmEpilogue<T> { Bias = epilogue.Bias < 0 ? [] : arguments.Inputs[epilogue.Bias].Span<T>(), Relu = epilogue.Relu }, packed);
    }

    private static void Whole<T>(KernelArguments arguments)
        where T : unmanaged, IBinaryInteger<T>
    {
        (Value a, Value b, Value c) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        (int m, int k, int n) = (a.Sizes[^2], a.Sizes[^1], b.Sizes[^1]);
        int stack = m * n == 0 ? 0 : c.Count / (m * n);
        int[] offsetsA = StackOffsets(a.Sizes[..^2], c.Sizes[..^2], stack);
        int[] offsetsB = StackOffsets(b.Sizes[..^2], c.Sizes[..^2], stack);
        c.Span<T>().Clear();
        for (int i = 0; i < stack; i++)
        {
            IntegerProduct.Add(
                m, n, k, T.One, a.Span<T>().Slice(offsetsA[i] * m * k, m * k), (k, 1), b.Span<T>().Slice(offsetsB[i] * k * n, k * n), (n, 1),
                c.Span<T>().Slice(i * m * n, m * n));
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
        if (b.Shape.Rank == 2)
        {
            Dim rows = Shape.Of([.. a.Shape.SkipLast(1)]).ElementCount;
            Variable flat = Ops.Reshape(g, [rows, g.Shape[^1]]);
            return request.Each(input => input == 0
                ? Ops.ReshapeLike(Ops.Gemm(flat, b, transposeB: true), a)
                : Ops.Gemm(Ops.Reshape(a, [rows, a.Shape[^1]]), flat, transposeA: true));
        }

        return request.Each(input =>
            Broadcasting.Undo(input == 0 ? Ops.MatMul(g, SwapLast(b)) : Ops.MatMul(SwapLast(a), g), request[input]));
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name);

    private static Variable SwapLast(Variable x)
    {
        int[] permutation = [.. Enumerable.Range(0, x.Shape.Rank)];
        (permutation[^1], permutation[^2]) = (permutation[^2], permutation[^1]);
        return Ops.Transpose(x, IntList.Of(permutation));
    }

    /// <summary>For each matrix of the result which one of an operand it is made of.</summary>
    internal static int[] StackOffsets(ReadOnlySpan<int> own, ReadOnlySpan<int> stack, int count)
    {
        var offsets = new int[count];
        for (int i = 0; i < count; i++)
        {
            int rest = i;
            int stride = 1;
            for (int axis = 1; axis <= stack.Length; axis++)
            {
                int index = rest % stack[^axis];
                rest /= stack[^axis];
                int size = axis <= own.Length ? own[^axis] : 1;
                offsets[i] += size == 1 ? 0 : index * stride;
                stride *= size;
            }
        }

        return offsets;
    }
}
