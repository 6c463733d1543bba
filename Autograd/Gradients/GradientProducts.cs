using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Gradients;

/// <content>Products with Jacobians and Hessians, and the matrices themselves.</content>
public static partial class Gradient
{
    /// <summary>The vector-Jacobian product of one variable by another: seedᵀ · ∂y/∂x, all derivatives of one weighted sum of y.</summary>
    /// <param name="y">The variable to differentiate.</param>
    /// <param name="seed">The gradient that comes in at y, of its type and shape.</param>
    /// <param name="x">The variable to differentiate by.</param>
    /// <returns>A variable of the type and shape of x; zeros if y does not depend on x.</returns>
    /// <exception cref="GradientException">A variable has no floating-point type, or a derivative on the way is not defined.</exception>
    public static Variable PullBack(Variable y, Variable seed, Variable x) =>
        PullBack([y], [seed], [x])[0] ?? Ops.ExpandLike(Variable.Scalar(0, x.DType), x);

    /// <summary>The Jacobian-vector product of one variable by another: ∂y/∂x · tangent, the derivative of y in a direction.</summary>
    /// <param name="y">The variable to differentiate.</param>
    /// <param name="x">The variable that moves.</param>
    /// <param name="tangent">The direction in which it moves, of its type and shape.</param>
    /// <returns>A variable of the type and shape of y; zeros if y does not depend on x.</returns>
    /// <exception cref="GradientException">A variable has no floating-point type, a tangent has not the type of its variable, or a derivative on the way is not defined.</exception>
    public static Variable PushForward(Variable y, Variable x, Variable tangent) =>
        PushForward([y], [x], [tangent])[0] ?? Ops.ExpandLike(Variable.Scalar(0, y.DType), y);

    /// <summary>The Jacobian-vector product: Σⱼ ∂yᵢ/∂xⱼ tangentⱼ for each y. Its cost is a small multiple of that of computing the ys, however many elements they have.</summary>
    /// <remarks>The pull-back of a seed u is linear in u; its derivative by u, pulled back from the tangents, is the product in the other direction. Nodes that only the seed would need are
    /// never run.</remarks>
    /// <param name="ys">The variables to differentiate.</param>
    /// <param name="xs">The variables that move.</param>
    /// <param name="tangents">The direction in which each moves, of its type and shape; null for one that stays.</param>
    /// <returns>One variable for each y, of its type and shape; null where it does not depend on any x.</returns>
    /// <exception cref="GradientException">A variable has no floating-point type, a tangent has not the type of its variable, or a derivative on the way is not defined.</exception>
    public static IReadOnlyList<Variable?> PushForward(IReadOnlyList<Variable> ys, IReadOnlyList<Variable> xs, IReadOnlyList<Variable?> tangents)
    {
        if (tangents.Count != xs.Count)
            throw new GradientException($"Expected a tangent for each of {xs.Count} variables, found {tangents.Count}.");
        for (int i = 0; i < xs.Count; i++)
        {
            if (tangents[i] is { } tangent && tangent.Type != xs[i].Type)
                throw new GradientException($"Expected a tangent of the type of its variable, {xs[i].Type}, found {tangent.Type}.");
        }

        Variable[] seeds = [.. ys.Select(y => y.DType.IsFloating()
            ? Ops.ExpandLike(Variable.Scalar(1, y.DType), y)
            : throw new GradientException($"Expected floating-point variables to differentiate, found {y}."))];
        IReadOnlyList<Variable?> pulled = PullBack(ys, seeds, xs);
        int[] moving = [.. Enumerable.Range(0, xs.Count).Where(i => pulled[i] is not null)];
        return PullBack([.. moving.Select(i => pulled[i]!)], [.. moving.Select(i => tangents[i])], seeds);
    }

    /// <summary>The Jacobian ∂y/∂x, of the shape of y followed by that of x (book section 6.5.2), row by row in a loop, in the mode that needs fewer turns: reverse for as many elements of y as of x
    /// or fewer, else forward. Where sizes are symbolic, reverse.</summary>
    /// <param name="y">The variable to differentiate.</param>
    /// <param name="x">The variable to differentiate by.</param>
    /// <exception cref="GradientException">A variable has no floating-point type, or a derivative on the way is not defined.</exception>
    public static Variable Jacobian(Variable y, Variable x)
    {
        (Dim rows, Dim columns) = (y.Shape.ElementCount, x.Shape.ElementCount);
        bool isForward = rows.IsStatic && columns.IsStatic && columns.Number < rows.Number;
        Variable zero = Ops.ExpandLike(Variable.Scalar(0, (isForward ? y : x).DType), isForward ? y : x);
        Variable matrix = isForward
            ? Ops.Transpose(Rows(x, unit => PushForward([y], [x], [unit])[0] ?? zero, rows))
            : Rows(y, unit => PullBack([y], [unit], [x])[0] ?? zero, columns);
        return Ops.Reshape(matrix, [.. y.Shape, .. x.Shape]);
    }

    /// <summary>The Hessian of a scalar, of the shape of x twice.</summary>
    /// <param name="y">A floating-point variable with one element.</param>
    /// <param name="x">The variable to differentiate by, twice.</param>
    /// <exception cref="GradientException">y is not a floating-point scalar, or a derivative on the way is not defined.</exception>
    public static Variable Hessian(Variable y, Variable x) => Jacobian(Of(y, x), x);

    /// <summary>Products of the Hessian of a scalar with vectors, without the Hessian: the derivative of ∇yᵀv (Christianson 1992; book equation 6.59).</summary>
    /// <param name="y">A floating-point variable with one element.</param>
    /// <param name="xs">The variables to differentiate by, twice.</param>
    /// <param name="vectors">The vector, in the shapes of the variables.</param>
    /// <returns>The product, in the shapes of the variables.</returns>
    /// <exception cref="GradientException">y is not a floating-point scalar, a vector has not the type of its variable, or a derivative on the way is not defined.</exception>
    public static IReadOnlyList<Variable> HessianVectorProduct(Variable y, IReadOnlyList<Variable> xs, IReadOnlyList<Variable> vectors)
    {
        if (vectors.Count != xs.Count || xs.Zip(vectors).Any(pair => pair.First.Type != pair.Second.Type))
            throw new GradientException($"Expected a vector of the type of each variable, {string.Join(", ", xs.Select(x => x.Type))}, found {string.Join(", ", vectors.Select(v => v.Type))}.");
        IReadOnlyList<Variable?> products = PullBack(Of(y, xs), vectors, xs);
        return [.. xs.Select((x, i) => products[i] ?? Ops.ExpandLike(Variable.Scalar(0, x.DType), x))];
    }

    /// <summary>What a linear function gives for each unit vector of a space, a row each.</summary>
    private static Variable Rows(Variable space, Func<Variable, Variable> function, Dim length)
    {
        Variable count = Ops.Size(space.Shape.ElementCount, DType.Int64, space);
        Variable places = new Operations.Shaping.Range().Apply(Variable.Scalar(0, DType.Int64), count, Variable.Scalar(1, DType.Int64));
        return Ops.Scan([], [places], (_, place) =>
        {
            Variable unit = Ops.Reshape(Ops.Cast(Ops.Equal(places, place[0]), space.DType), space.Shape);
            return ([], [Ops.Reshape(function(unit), [length])]);
        }).Outputs[0];
    }
}
