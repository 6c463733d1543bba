using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations;

/// <summary>Broadcasting as in ONNX: an axis repeats if it is statically 1. Where a size depends on data or is left open by a file, whether it is 1 is seen when it is known.</summary>
internal static class Broadcasting
{
    /// <summary>The shape to which shapes broadcast together.</summary>
    public static Shape Shape(Operation operation, IReadOnlyList<TensorType> inputs)
    {
        Shape result = inputs[0].Shape;
        foreach (TensorType input in inputs.Skip(1))
        {
            result = Combine(result, input.Shape) ?? throw new ShapeException(
                $"{operation.Name} expects shapes that are equal or broadcast (an axis repeats only if it is statically 1), found " +
                $"{string.Join(" and ", inputs.Select(i => i.Shape))}.");
        }

        return result;
    }

    /// <summary>The shape to which two shapes broadcast, or null if they do not.</summary>
    public static Shape? Combine(Shape a, Shape b)
    {
        if (a == b)
        {
            return a;
        }

        var dims = new Dim[Math.Max(a.Rank, b.Rank)];
        for (int i = 1; i <= dims.Length; i++)
        {
            Dim left = i <= a.Rank ? a[^i] : 1;
            Dim right = i <= b.Rank ? b[^i] : 1;
            if (left == right || IsOne(right))
            {
                dims[^i] = left;
            }
            else if (IsOne(left))
            {
                dims[^i] = right;
            }
            else if (left.MayBroadcast || right.MayBroadcast)
            {
                dims[^i] = Dim.Broadcast(left, right);
            }
            else
            {
                return null;
            }
        }

        return Tensors.Shape.Of(dims);
    }

    /// <summary>The gradient of broadcasting: sums over the axes that were repeated, so that the result has the shape of the input.</summary>
    public static Variable Undo(Variable gradient, Variable input)
    {
        Shape shape = input.Shape;
        if (gradient.Shape == shape)
        {
            return gradient;
        }

        int added = gradient.Shape.Rank - shape.Rank;
        if (Enumerable.Range(0, shape.Rank).Any(axis => shape[axis] != gradient.Shape[axis + added] && !IsOne(shape[axis])))
        {
            // Whether an axis was repeated is known when a plan is made.
            return new SumTo().Apply(gradient, Ops.ShapeOf(input));
        }

        var axes = new List<int>();
        for (int i = 0; i < gradient.Shape.Rank; i++)
        {
            if (i < added || (IsOne(shape[i - added]) && !IsOne(gradient.Shape[i])))
            {
                axes.Add(i);
            }
        }

        Variable sum = axes.Count == 0 ? gradient : Ops.Sum(gradient, [.. axes], keepDims: true);
        return Ops.ReshapeLike(sum, input);
    }

    public static bool IsOne(Dim dim) => dim.IsStatic && dim.Size == 1;
}
