using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>What is there and what is padding, for modules that mix places along ragged axes.</summary>
internal static class Masked
{
    /// <summary>1 where all places along some axes are there and 0 elsewhere, in the rank and the type of x, of size 1 along other axes; null if none of the axes is ragged.</summary>
    /// <param name="x">[batch, …].</param>
    /// <param name="axes">Axes other than 0.</param>
    /// <param name="context">Knows the lengths.</param>
    public static Variable? Places(Variable x, IEnumerable<int> axes, ForwardContext context)
    {
        Variable? places = null;
        foreach (int axis in axes)
        {
            if (context.MaskOf(x.Shape[axis]) is not { } mask)
                continue;
            Shape shape = [.. Enumerable.Range(0, x.Shape.Rank).Select(a => a == 0 || a == axis ? x.Shape[a] : 1)];
            Variable along = mask.Cast(x.DType).Reshape(shape);
            places = places is null ? along : places * along;
        }

        return places;
    }

    /// <summary>The mean over examples and over other axes, Σ w·m·x/Σ w·m, with m 0 for padding; 0 if nothing counts.</summary>
    /// <param name="x">[batch, …].</param>
    /// <param name="weight">w, [batch]; null if each example counts once.</param>
    /// <param name="axes">The axes in ascending order, 0 first.</param>
    /// <param name="context">Knows the lengths.</param>
    public static Variable Mean(Variable x, Variable? weight, IntList axes, ForwardContext context)
    {
        int[] others = [.. axes.Skip(1)];
        if (Places(x, others, context) is not { } places)
            return WeightedMean.Of(x, weight, axes);
        Variable counts = weight is null ? places : places * WeightedMean.Spread(WeightedMean.Scaled(weight, x.DType), x);
        Variable there = Ops.Where(Ops.Greater(counts, 0.0), x, Variable.Scalar(0.0, x.DType));
        // Less than 1 where the examples of the greatest weight have no place at all.
        Variable total = counts.Sum();
        return (counts * there).Sum(axes) / (Ops.Where(Ops.Greater(total, 0.0), total, 1.0) * WholeSize(x, others, context, x.DType));
    }

    /// <summary>What a mean over examples and other axes counts by in a larger one: Σ w·m, float64, or n without weights and ragged axes.</summary>
    /// <param name="x">[batch, …].</param>
    /// <param name="weight">w, [batch]; null if each example counts once.</param>
    /// <param name="others">The other axes.</param>
    /// <param name="context">Knows the lengths.</param>
    public static Variable Count(Variable x, Variable? weight, IEnumerable<int> others, ForwardContext context)
    {
        Variable? examples = weight?.Cast(DType.Float64);
        return Places(x, others, context)?.Cast(DType.Float64) is { } places ? (examples is null ? places : places * WeightedMean.Spread(examples, x)).Sum()
            : examples?.Sum() ?? Ops.Size(x.Shape[0], DType.Float64, x);
    }

    /// <summary>The product of the sizes of those axes along which nothing is ragged.</summary>
    public static Variable WholeSize(Variable x, IEnumerable<int> axes, ForwardContext context, DType type) => axes.Where(axis => context.MaskOf(x.Shape[axis]) is null)
        .Aggregate(Variable.Scalar(1.0, type), (product, axis) => product * Ops.Size(x.Shape[axis], type, x));

    /// <summary>Refuses an input with ragged axes, whose padding the module would mix with what is there.</summary>
    /// <exception cref="ShapeException">It has one.</exception>
    public static void Refuse(Module module, Variable input, ForwardContext context)
    {
        if (input.Shape.Skip(1).FirstOrDefault(dim => context.MaskOf(dim) is not null) is { } axis)
        {
            throw new ShapeException(
                $"{module.Description} would mix padding into the places along the ragged axis \"{axis}\": expected an input of one size for all examples, found {input.Shape}.");
        }
    }
}
