using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Elementwise;

/// <summary>
/// Sums of squares, and of other terms that are never negative and flat where they are 0. Their roots are norms, distances and standard deviations: convex functions, whose subgradient of
/// least norm at 0 is 0. The chain rule alone gives ∞·0 there.
/// </summary>
internal static class Squares
{
    // Deep enough for any way to write a norm; a bound, since graphs may be long chains.
    private const int Depth = 12;

    /// <summary>Whether a variable is a sum of squares, from what it is computed from.</summary>
    public static bool IsSum(Variable variable) => IsFlat(variable, Depth);

    /// <summary>The contribution of a root: 0 where the root is 0.</summary>
    /// <param name="contribution">The contribution by the chain rule.</param>
    /// <param name="root">The root.</param>
    public static Variable Root(Variable contribution, Variable root) => Ops.Where(Ops.Equal(root, Variable.Scalar(0, root.DType)), 0, contribution);

    private static bool IsFlat(Variable variable, int depth) => depth > 0 && variable.Producer is { } node && node.Operation switch
    {
        Mul => node.Inputs[0] == node.Inputs[1]
            || (IsFlat(node.Inputs[0], depth - 1) && (IsPositive(node.Inputs[1]) || IsFlat(node.Inputs[1], depth - 1)))
            || (IsPositive(node.Inputs[0]) && IsFlat(node.Inputs[1], depth - 1)),
        Pow => node.Inputs[1].Constant is { Count: 1 } p && p[0] > 1 && (p[0] % 2 == 0 || node.Inputs[0].Producer?.Operation is Abs),
        Div => IsPositive(node.Inputs[1]) && IsFlat(node.Inputs[0], depth - 1),
        Add => IsFlat(node.Inputs[0], depth - 1) && IsFlat(node.Inputs[1], depth - 1),
        Reductions.ReduceSumSquare => true,
        ReduceSum or ReduceMean or ReduceMax or SumTo or ViewOperation or Transpose or Expand or Identity or Cast => IsFlat(node.Inputs[0], depth - 1),
        _ => false,
    };

    /// <summary>Whether all numbers are above 0: constants, and sizes as they are read from tensors.</summary>
    private static bool IsPositive(Variable variable) => variable.Constant is { Count: > 0 and <= 64 } numbers ? Enumerable.Range(0, (int)numbers.Count).All(i => numbers[i] > 0)
        : variable.Producer is { } node && node.Operation switch
        {
            ShapeOf or SizeOf => true,
            Cast or Identity or Expand or ViewOperation or ReduceProd or Indexing.Gather => IsPositive(node.Inputs[0]),
            _ => false,
        };
}
