using System.Numerics;
using System.Numerics.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>Refuses labels outside their range and numbers that are not finite, naming where they stand.</summary>
internal static class ExampleCheck
{
    /// <summary>Throws for the first NaN or ∞.</summary>
    /// <param name="values">Rows of <paramref name="columns"/> values each.</param>
    /// <param name="columns">The number of values of one example.</param>
    /// <param name="what">"features" or "targets".</param>
    /// <param name="firstRow">The number of the first row.</param>
    public static void Finite<T>(ReadOnlySpan<T> values, int columns, string what, long firstRow = 0)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (values.IsEmpty || TensorPrimitives.IsFiniteAll(values))
            return;
        int index = 0;
        while (T.IsFinite(values[index]))
            index++;
        throw new DataException(
            $"The {what} hold {Name(values[index])} in row {firstRow + (index / columns)}, column {index % columns} " +
            "(both counted from 0); expected finite numbers.");
    }

    /// <summary>Throws for the first label outside [least, classCount).</summary>
    public static void Labels(ReadOnlySpan<long> labels, int classCount, long firstRow = 0, long least = 0)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] < least || labels[i] >= classCount)
            {
                throw new DataException(
                    $"Row {firstRow + i} (counted from 0) has the label {labels[i]}; expected {least} to {classCount - 1}.");
            }
        }
    }

    /// <summary>Throws for the first weight that is negative, NaN or infinite.</summary>
    public static void Weights(ReadOnlySpan<float> weights)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] >= 0f && float.IsFinite(weights[i])))
                throw WrongWeight(weights[i], i);
        }
    }

    /// <summary>Throws for a weight that is negative, NaN or infinite, or that examples without weights cannot have.</summary>
    public static void Weight(float weight, DataLayout layout, long row)
    {
        if (!(weight >= 0f && float.IsFinite(weight)))
            throw WrongWeight(weight, row);
        if (weight != 1f && !layout.HasWeights)
        {
            throw new DataException(
                FormattableString.Invariant($"Row {row} (counted from 0) has the weight {weight}, but the layout {layout} has none: expected ") +
                $"{nameof(DataLayout)}.{nameof(DataLayout.WithWeights)}.");
        }
    }

    private static DataException WrongWeight(float weight, long row) =>
        new(FormattableString.Invariant($"Row {row} (counted from 0) has the weight {weight}; expected a finite number of at least 0."));

    private static string Name<T>(T value)
        where T : IFloatingPointIeee754<T> => T.IsNaN(value) ? "NaN" : value > T.Zero ? "+∞" : "−∞";
}
