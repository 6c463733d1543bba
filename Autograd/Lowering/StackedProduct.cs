using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;
using Transpose = Toolkit.Autograd.Operations.Shaping.Transpose;

namespace Toolkit.Autograd.Lowering;

/// <summary>
/// A product of stacks of matrices that reads its factors, and writes its result, through permutations of their axes: no transposed copy lies in memory. It occurs in plans alone.
/// </summary>
/// <param name="Left">The permutation of the left factor before the product.</param>
/// <param name="Right">The permutation of the right factor before the product.</param>
/// <param name="After">The permutation of the product.</param>
internal sealed record StackedProduct(IntList Left, IntList Right, IntList After) : Operation, IRunsInBlocks
{
    /// <inheritdoc/>
    public override string Name => nameof(MatMul);

    /// <summary>A product with the transpositions of its factors in it; null where there are none, or not such that matrices have rows or columns that lie together.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Its inputs.</param>
    public static IReadOnlyList<Variable>? OfFactors(Node node, Arguments inputs)
    {
        if (!IsStack(inputs[0]) || !IsStack(inputs[1]))
            return null;
        (Variable a, IntList left) = Source(inputs[0]);
        (Variable b, IntList right) = Source(inputs[1]);
        return ReferenceEquals(a, inputs[0]) && ReferenceEquals(b, inputs[1]) ? null : new StackedProduct(left, right, Axes(node.Outputs[0].Shape.Rank)).Of(a, b);
    }

    /// <summary>A product with the transposition behind it in it; null where the input is none, or its matrices would be scattered.</summary>
    /// <param name="node">The transposition.</param>
    /// <param name="input">Its input, of which nothing else is made.</param>
    public static IReadOnlyList<Variable>? OfResult(Node node, Variable input)
    {
        StackedProduct? product = input.Producer?.Operation switch
        {
            StackedProduct stacked => stacked,
            MatMul when IsStack(input.Producer.Inputs[0]) && IsStack(input.Producer.Inputs[1]) =>
                new StackedProduct(Axes(input.Producer.Inputs[0].Shape.Rank), Axes(input.Producer.Inputs[1].Shape.Rank), Axes(input.Shape.Rank)),
            _ => null,
        };
        if (product is null)
            return null;
        Arguments factors = input.Producer!.Inputs;
        IntList after = Composed(product.After, ((Transpose)node.Operation).Permutation);
        int rank = after.Count;
        return after[^1] == rank - 1 ? (product with { After = after }).Of(factors[0], factors[1])

            // (AB)ᵀ = BᵀAᵀ
            : after[^1] == rank - 2 ? new StackedProduct(Swapped(product.Right), Swapped(product.Left), [.. after.Select(axis => axis < rank - 2 ? axis : (2 * rank) - 3 - axis)])
                .Of(factors[1], factors[0])
            : null;
    }

    /// <summary>The product of two stacks; null where they are of a half type and cannot be widened block by block.</summary>
    private IReadOnlyList<Variable>? Of(Variable a, Variable b)
    {
        IReadOnlyList<Variable> results = ApplyAll(a, b);
        return !a.DType.IsHalf() || Blocks.Of(this, new InferRequest(this, new Arguments([a, b])), results[0].Shape) is not null ? results : null;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        var product = new MatMul();
        TensorType result = product.Infer(new InferRequest(product, Permuted(inputs[0], Left), Permuted(inputs[1], Right)))[0];
        return [Permuted(result, After)];
    }

    /// <summary>By the leading axis of the stack, where it leads in both factors and in the result.</summary>
    Blocks? IRunsInBlocks.BlocksOf(InferRequest inputs, Shape result)
    {
        return result[0] == inputs[0].Shape[0] && result[0] == inputs[1].Shape[0] && Leads(Left) && Leads(Right) && Leads(After) ? new Blocks([0, 0]) : null;

        bool Leads(IntList permutation) => permutation.Count == result.Rank && permutation[0] == 0;
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => request.Type(0) == DType.Float64 ? Lower<double>(request) : Lower<float>(request);

    private Kernel Lower<T>(LowerRequest request)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        // Where each axis of the product lies in the result.
        IntList inverse = [.. After.Select((_, axis) => After.ToList().IndexOf(axis))];
        (int[] sizes, long[] strides) = Layout(request.ResultSizes(0), inverse);
        ReadOnlySpan<int> stack = sizes.AsSpan()[..^2];
        (int[] left, long[] leftStrides) = Layout(request.Sizes(0), Left);
        (int[] right, long[] rightStrides) = Layout(request.Sizes(1), Right);
        return StackedGemm.Lower<T>(
            StackedMatrix.Of(left, leftStrides, stack)!, StackedMatrix.Of(right, rightStrides, stack)!, StackedMatrix.Of(sizes, strides, stack)!, (sizes[^2], sizes[^1], left[^1]));
    }

    /// <summary>Sizes and strides of a tensor in row-major order whose axes are permuted.</summary>
    private static (int[] Sizes, long[] Strides) Layout(ReadOnlySpan<int> stored, IntList permutation)
    {
        int[] sizes = stored.ToArray();
        long[] strides = new long[sizes.Length];
        ValueCopy.Strides(sizes, strides);
        return ([.. permutation.Select(axis => sizes[axis])], [.. permutation.Select(axis => strides[axis])]);
    }

    /// <summary>What a factor is a transposition of, as long as its matrices have rows or columns that lie together.</summary>
    private static (Variable Source, IntList Permutation) Source(Variable factor)
    {
        (Variable source, IntList permutation) = (factor, Axes(factor.Shape.Rank));
        while (source.Producer is { Operation: Transpose transpose } node)
        {
            IntList composed = Composed(transpose.Permutation, permutation);
            int last = composed.Count - 1;
            if (composed[^1] != last && composed[^2] != last)
                break;
            (source, permutation) = (node.Inputs[0], composed);
        }

        return (source, permutation);
    }

    private static bool IsStack(Variable factor) => factor.Shape.Rank > 2 && factor.DType.IsFloating();

    private static IntList Axes(int rank) => [.. Enumerable.Range(0, rank)];

    /// <summary>One permutation that does what two do, one after the other.</summary>
    private static IntList Composed(IntList first, IntList second) => [.. second.Select(axis => first[axis])];

    private static IntList Swapped(IntList permutation) => [.. permutation.SkipLast(2), permutation[^1], permutation[^2]];

    private static TensorType Permuted(TensorType type, IntList permutation) => type with { Shape = [.. permutation.Select(axis => type.Shape[axis])] };
}
