using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Linear;

/// <summary>Products of several matrices in the order that takes the fewest multiplications. For Jacobians of a function with one output that is
/// from the output on, as back-propagation goes; with one input, from the input on. Source: book section 6.5.9; Godbole 1973.</summary>
public static class MatrixChain
{
    /// <summary>The least number of multiplications for matrices of sizes[0] × sizes[1], sizes[1] × sizes[2], and so on.</summary>
    /// <param name="sizes">At least two sizes of at least 1.</param>
    public static long LeastCost(params ReadOnlySpan<int> sizes) => Plan(sizes).Cost[0, sizes.Length - 2];

    /// <summary>The product, a variable of the graph.</summary>
    /// <param name="matrices">At least one matrix of known sizes, each with as many rows as the one before has columns.</param>
    /// <exception cref="ShapeException">A factor is no matrix, or the sizes do not fit.</exception>
    public static Variable Multiply(params ReadOnlySpan<Variable> matrices)
    {
        if (matrices.IsEmpty)
            throw new ArgumentException("Expected at least one matrix, found none.", nameof(matrices));
        Variable[] factors = matrices.ToArray();
        foreach (Variable factor in factors)
        {
            if (factor.Shape.Rank != 2 || !factor.Shape[0].IsStatic || !factor.Shape[1].IsStatic)
                throw new ShapeException($"{nameof(MatrixChain)} expects matrices of known sizes, found {factor.Shape}.");
        }

        int[,] split = Plan([factors[0].Shape[0].Size, .. factors.Select(f => f.Shape[1].Size)]).Split;
        return Product(0, factors.Length - 1);

        Variable Product(int first, int last) =>
            first == last ? factors[first] : Product(first, split[first, last]).MatMul(Product(split[first, last] + 1, last));
    }

    private static (long[,] Cost, int[,] Split) Plan(ReadOnlySpan<int> sizes)
    {
        if (sizes.Length < 2)
            throw new ArgumentException($"Expected at least two sizes, found {sizes.Length}.", nameof(sizes));
        foreach (int size in sizes)
            Settings.AtLeastOne(size);
        int n = sizes.Length - 1;
        var cost = new long[n, n];
        var split = new int[n, n];
        for (int length = 2; length <= n; length++)
        {
            for (int first = 0; first + length <= n; first++)
            {
                int last = first + length - 1;
                cost[first, last] = long.MaxValue;
                for (int middle = first; middle < last; middle++)
                {
                    long own = cost[first, middle] + cost[middle + 1, last] + ((long)sizes[first] * sizes[middle + 1] * sizes[last + 1]);
                    if (own < cost[first, last])
                        (cost[first, last], split[first, last]) = (own, middle);
                }
            }
        }

        return (cost, split);
    }
}
