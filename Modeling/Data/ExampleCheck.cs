using System.Runtime.CompilerServices;

namespace Toolkit.Modeling.Data;

/// <summary>Refuses labels outside their range and numbers that are not finite, naming where they stand.</summary>
internal static class ExampleCheck
{
    /// <summary>Throws for the first NaN or ∞.</summary>
    /// <param name="values">Rows of <paramref name="columns"/> values each.</param>
    /// <param name="columns">The number of values of one example.</param>
    /// <param name="what">"features" or "targets".</param>
    /// <param name="firstRow">The number of the first row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finite(ReadOnlySpan<float> values, int columns, string what, long firstRow = 0)
    {
        int index = 0;
        while (index < values.Length && float.IsFinite(values[index]))
            index++;
        if (index == values.Length)
            return;
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

    private static string Name(float value) => float.IsNaN(value) ? "NaN" : value > 0 ? "+∞" : "−∞";
}
