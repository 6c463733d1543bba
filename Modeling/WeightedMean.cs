using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling;

/// <summary>
/// Means over the examples of a batch, Σ w·x/Σ w over axis 0: the one place where weights and masks come in. An example of weight 0 is not there, even if its x is
/// infinite or NaN. If no example counts, the mean is 0.
/// </summary>
internal static class WeightedMean
{
    /// <summary>The mean over axis 0.</summary>
    /// <param name="x">[batch, …].</param>
    /// <param name="weight">w, at least 0, [batch]; null if each example counts once.</param>
    public static Variable Of(Variable x, Variable? weight) => Of(x, weight, [0]);

    /// <summary>The mean over some axes, the first of which is 0.</summary>
    public static Variable Of(Variable x, Variable? weight, IntList axes)
    {
        if (weight is null)
            return x.Mean(axes);
        Variable shares = Shares(weight, x.DType);
        return (Spread(shares, x) * Present(x, weight)).Sum([0]).Mean([.. axes.Skip(1).Select(axis => axis - 1)]);
    }

    /// <summary>Σ w·x over all axes, and Σ w, both divided by the greatest w, or by 1 without weights.</summary>
    public static (Variable Sum, Variable Count) Sums(Variable x, Variable? weight)
    {
        if (weight is null)
            return (x.Sum(), Ops.Size(x.Shape[0], x.DType, x));
        Variable scaled = Scaled(weight, x.DType);
        return ((Spread(scaled, x) * Present(x, weight)).Sum(), Ops.Max(scaled.Sum(), 1.0));
    }

    /// <summary>The product of two weights, either of which may be null for ones.</summary>
    public static Variable? Product(Variable? first, Variable? second) =>
        first is null ? second : second is null ? first : Scaled(first, second.DType) * second;

    /// <summary>The product of two weights that is not scaled, as sums over several batches need it.</summary>
    public static Variable? Both(Variable? first, Variable? second) => first is null ? second : second is null ? first : first * second.Cast(first.DType);

    /// <summary>x with 0 in place of the examples of weight 0: what is not there cannot overflow.</summary>
    public static Variable Present(Variable x, Variable? weight) => weight is null ? x
        : x.Shape.Rank > 0 && x.Shape[0] == weight.Shape[0] ? Ops.Where(Spread(Ops.Greater(weight, 0.0), x), x, Variable.Scalar(0.0, x.DType))
        : throw new ShapeException($"Expected a first axis of the {weight.Shape[0]} examples that weights are given for, found {x.Shape}.");

    /// <summary>A number for each example, in the rank of x.</summary>
    public static Variable Spread(Variable perExample, Variable x) => perExample.Reshape([perExample.Shape[0], .. Enumerable.Repeat<Dim>(1, x.Shape.Rank - 1)]);

    /// <summary>w/max w, so that neither sums nor products of weights leave the range of the type.</summary>
    public static Variable Scaled(Variable weight, DType type)
    {
        Variable w = weight.Cast(type), greatest = w.ReduceMax([0]);
        return w / Ops.Where(Ops.Greater(greatest, 0.0), greatest, 1.0);
    }

    /// <summary>w/Σ w.</summary>
    private static Variable Shares(Variable weight, DType type)
    {
        // The greatest is 1 now, so the sum is at least 1 unless no example counts.
        Variable scaled = Scaled(weight, type);
        return scaled / Ops.Max(scaled.Sum(), 1.0);
    }
}
