using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.LinearAlgebra;

/// <summary>
/// The matrix product α·A′B′ + β·C, where ′ transposes if asked (ONNX <c>Gemm</c>): [m, k]·[k, n] → [m, n]. C is optional and broadcasts to [m, n].
/// Gradients are products of the same kind: for C = AB, G Bᵀ and Aᵀ G (book section 6.5.6).
/// </summary>
/// <param name="TransposeA">Whether A is given as [k, m].</param>
/// <param name="TransposeB">Whether B is given as [n, k].</param>
/// <param name="Alpha">The factor α.</param>
/// <param name="Beta">The factor β of the addend.</param>
public sealed record Gemm(bool TransposeA = false, bool TransposeB = false, double Alpha = 1, double Beta = 1) : Operation, IProduct, IRunsInBlocks, IOperator
{
    /// <summary>Rows for which it pays to widen and pack the right operand.</summary>
    internal const int BlockRows = 192;

    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
    [
        new(new Gemm(), new ExampleInput(["batch", 4]), new ExampleInput([4, 5])),
        new(new Gemm(TransposeA: true), new ExampleInput([4, 3]), new ExampleInput([4, 5])),
        new(new Gemm(TransposeB: true, Alpha: 0.5), new ExampleInput([3, 4]), new ExampleInput([5, 4])),
        new(new Gemm(true, true, -2), new ExampleInput([4, 3]), new ExampleInput([5, 4])),
        new(new Gemm(), new ExampleInput(["batch", 4]), new ExampleInput([4, 5]), new ExampleInput([5])),
        new(new Gemm(TransposeB: true, Alpha: 0.5, Beta: -3), new ExampleInput([3, 4]), new ExampleInput([5, 4]), new ExampleInput([3, 1])),
        new(new Gemm(Beta: 2), new ExampleInput(["batch", 4]), new ExampleInput([4, 5]), new ExampleInput(["batch", 5])),
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node)
    {
        (Variable a, Variable b, bool transposeA, bool transposeB) = (node[0], node[1], node.Flag("transA"), node.Flag("transB"));
        if (a.Shape.Rank == 2 && b.Shape.Rank == 2)
            node.Equate(a.Shape[transposeA ? 0 : 1], b.Shape[transposeB ? 1 : 0]);
        return [new Gemm(transposeA, transposeB, node.Number("alpha"), node.Optional(2) is null ? 1 : node.Number("beta")).Apply(a, b, node.Optional(2))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, inputs.Has(2) ? 3 : 2);
        Require.SameType(this, inputs[0].DType, inputs[1].DType);
        if (inputs[0].DType.IsInteger() && (!double.IsInteger(Alpha) || !double.IsInteger(Beta)))
        {
            throw new GraphException($"{Name} of integers expects whole numbers as factors, found alpha = {Alpha} and beta = {Beta}.");
        }

        Require.Rank(this, inputs[0], 2);
        Require.Rank(this, inputs[1], 2);
        (Shape a, Shape b) = (inputs[0].Shape, inputs[1].Shape);
        (Dim m, Dim k) = TransposeA ? (a[1], a[0]) : (a[0], a[1]);
        (Dim inner, Dim n) = TransposeB ? (b[1], b[0]) : (b[0], b[1]);
        if (k != inner)
        {
            throw new ShapeException($"{Name} expects equal inner dimensions, found {k} of {a}{Mark(TransposeA)} and {inner} of {b}{Mark(TransposeB)}.");
        }

        Shape shape = [m, n];
        if (inputs.Has(2))
        {
            Require.SameType(this, inputs[0].DType, inputs[2].DType);
            if (Broadcasting.Combine(inputs[2].Shape, shape) != shape)
            {
                throw new ShapeException($"{Name} expects an addend that broadcasts to {shape}, found {inputs[2].Shape}.");
            }
        }

        return [inputs[0] with { Shape = shape }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Lower(request, new Epilogue(request.Has(2) && Beta == 1 && IsRow(request) ? 2 : -1, Relu: false));

    Kernel IProduct.Lower(LowerRequest request, Epilogue epilogue) => Lower(request, epilogue);

    int IProduct.BiasOf(Arguments inputs) => inputs.Has(2) ? 2 : -1;

    // An addend in full, or with a factor, is put into the result before the product is added: there is no place for an epilogue behind it.
    bool IProduct.TakesEpilogue(Arguments inputs) => inputs[0].DType.IsFloating() && (!inputs.Has(2) || (Beta == 1 && inputs[2].Shape.Rank == 1 && !Broadcasting.IsOne(inputs[2].Shape[0])));

    int IProduct.BiasAxis(int rank) => 1;

    /// <summary>By rows of A′; B is widened panel by panel.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result)
    {
        IntList factors = [TransposeA ? 1 : 0, -1];
        if (!inputs.Has(2) || inputs[2].Shape.Rank < 2 || inputs[2].Shape[0] == 1)
            return new Blocks(factors, Least: BlockRows, Panels: 1);
        return inputs[2].Shape[0] == result[0] ? new Blocks([.. factors, 0], Least: BlockRows, Panels: 1) : null;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request)
    {
        if (request.Gradient(0) is not { } g)
        {
            return request.Zero;
        }

        (Variable a, Variable b) = (request[0], request[1]);
        return request.Each(input => input switch
        {
            0 => TransposeA ? Ops.Gemm(b, g, TransposeB, true, Alpha) : Ops.Gemm(g, b, false, !TransposeB, Alpha),
            1 => TransposeB ? Ops.Gemm(g, a, true, TransposeA, Alpha) : Ops.Gemm(a, g, !TransposeA, false, Alpha),
            _ => Broadcasting.Undo(Beta == 1 ? g : g * Variable.Scalar(Beta, g.DType), request[2]),
        });
    }

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name)
    {
        Attributes =
        [
            new OnnxAttribute("alpha", (float)Alpha),
            .. request.Inputs.Has(2) ? [new OnnxAttribute("beta", (float)Beta)] : Array.Empty<OnnxAttribute>(),
            new OnnxAttribute("transA", TransposeA ? 1L : 0L),
            new OnnxAttribute("transB", TransposeB ? 1L : 0L),
        ],
    };

    private static bool IsRow(LowerRequest request) => request.Sizes(2).Length > 0 && Value.CountOf(request.Sizes(2)) == request.ResultSizes(0)[1]
        && request.Sizes(2)[^1] == request.ResultSizes(0)[1];

    private Kernel Lower(LowerRequest request, Epilogue epilogue) => request.Type(0) switch
    {
        DType.Float32 => Lower<float>(request, epilogue),
        DType.Float64 => Lower<double>(request, epilogue),
        DType.Int32 => Whole<int>(request),
        DType.Int64 => Whole<long>(request),
        DType.UInt32 => Whole<uint>(request),
        DType.UInt64 => Whole<ulong>(request),
        var type => throw request.NoKernel(type),
    };

    private Kernel Lower<T>(LowerRequest request, Epilogue epilogue)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int k = request.Sizes(0)[TransposeA ? 0 : 1];
        bool transpose = TransposeB;
        Storage? packed = request.Packed(
            1,
            transpose ? "transposed product" : "product",
            w => Kernels.Gemm.Pack<T>(SimdWidths.Best, transpose, w.Sizes[transpose ? 0 : 1], w.Sizes[transpose ? 1 : 0], w.Span<T>(), w.Sizes[1]));
        bool adds = request.Has(2) && epilogue.Bias < 0;
        return Kernel.Of(arguments => Compute<T>(arguments, k, epilogue, adds, packed), 2L * Value.CountOf(request.ResultSizes(0)) * k);
    }

    private void Compute<T>(KernelArguments arguments, int k, Epilogue epilogue, bool adds, Storage? packed)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value a, Value b, Value c) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
        if (adds)
        {
            Spread(arguments.Inputs[2], T.CreateChecked(Beta), c);
        }

        StoredProduct.Multiply(
            TransposeA, TransposeB, (c.Sizes[0], c.Sizes[1], k), T.CreateChecked(Alpha), a, b, adds ? T.One : T.Zero, c, arguments.Workers,
            new GemmEpilogue<T> { Bias = epilogue.Bias < 0 ? [] : arguments.Inputs[epilogue.Bias].Span<T>(), Relu = epilogue.Relu }, packed);
    }

    /// <summary>The product of the two inputs from a position on, put into the result or added to it.</summary>
    internal void Accumulate<T>(KernelArguments arguments, int first, bool isFirst)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (Value a, Value b, Value c) = (arguments.Inputs[first], arguments.Inputs[first + 1], arguments.Outputs[0]);
        Kernels.Gemm.Multiply(
            SimdWidths.Best, TransposeA, TransposeB, c.Sizes[0], c.Sizes[1], a.Sizes[TransposeA ? 0 : 1], T.CreateChecked(Alpha),
            a.Span<T>(), a.Sizes[1], b.Span<T>(), b.Sizes[1], isFirst ? T.Zero : T.One, c.Span<T>(), c.Sizes[1], arguments.Workers);
    }

    private Kernel Whole<T>(LowerRequest request)
        where T : unmanaged, IBinaryInteger<T>
    {
        (int k, bool adds) = (request.Sizes(0)[TransposeA ? 0 : 1], request.Has(2));
        return Kernel.Of(arguments =>
        {
            (Value a, Value b, Value c) = (arguments.Inputs[0], arguments.Inputs[1], arguments.Outputs[0]);
            if (adds)
                Spread(arguments.Inputs[2], T.CreateTruncating((long)Beta), c);
            else
                c.Span<T>().Clear();
            IntegerProduct.Add(
                c.Sizes[0], c.Sizes[1], k, T.CreateTruncating((long)Alpha), a.Span<T>(), TransposeA ? (1, a.Sizes[1]) : (a.Sizes[1], 1),
                b.Span<T>(), TransposeB ? (1, b.Sizes[1]) : (b.Sizes[1], 1), c.Span<T>());
        });
    }

    /// <summary>c = β·addend, broadcast.</summary>
    private static void Spread<T>(Value addend, T beta, Value c)
        where T : unmanaged, INumber<T>
    {
        int rows = c.Sizes[0], columns = c.Sizes[1];
        int rowStep = addend.Rank == 2 && addend.Sizes[0] > 1 ? addend.Sizes[1] : 0, columnStep = addend.Rank > 0 && addend.Sizes[^1] > 1 ? 1 : 0;
        ReadOnlySpan<T> from = addend.Span<T>();
        Span<T> to = c.Span<T>();
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                to[(row * columns) + column] = beta * from[(row * rowStep) + (column * columnStep)];
            }
        }
    }

    private static string Mark(bool transposed) => transposed ? " transposed" : string.Empty;
}
