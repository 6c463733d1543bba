using System.Runtime.InteropServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>Refuses columns whose numbers make no sense, or that do not go together.</summary>
internal static class FieldCheck
{
    /// <summary>Throws for the first NaN or ∞; numbers of other types are finite.</summary>
    public static void Finite<T>(ReadOnlySpan<T> values, int columns, string what, long firstRow = 0)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            ExampleCheck.Finite(MemoryMarshal.Cast<T, float>(values), columns, what, firstRow);
        }
        else if (typeof(T) == typeof(double))
        {
            ReadOnlySpan<double> numbers = MemoryMarshal.Cast<T, double>(values);
            for (int i = 0; i < numbers.Length; i++)
            {
                if (!double.IsFinite(numbers[i]))
                    ExampleCheck.Finite([(float)numbers[i]], columns, what, firstRow + (i / columns));
            }
        }
    }

    /// <summary>Throws for the first label of a sequence outside [least, classes).</summary>
    public static void Labels(ReadOnlySpan<long> labels, int classes, int row, int least)
    {
        for (int step = 0; step < labels.Length; step++)
        {
            if (labels[step] < least || labels[step] >= classes)
                throw new DataException($"Row {row}, step {step} (both counted from 0) has the label {labels[step]}; expected {least} to {classes - 1}.");
        }
    }

    /// <summary>Refuses columns of different numbers of examples, and of different lengths of one ragged axis.</summary>
    public static void Together(ReadOnlySpan<Column> columns)
    {
        var ragged = new Dictionary<string, Column>(StringComparer.Ordinal);
        foreach (Column column in columns)
        {
            if (column.Count != columns[0].Count)
                throw new ArgumentException($"Expected as many examples in \"{column.Field.Name}\" as the {columns[0].Count} in \"{columns[0].Field.Name}\", found {column.Count}.", nameof(columns));
            if (column.Field.Axis is not { } axis || ragged.TryAdd(axis, column))
                continue;
            Column other = ragged[axis];
            for (int row = 0; row < column.Count; row++)
            {
                if (column.LengthOf(row) != other.LengthOf(row))
                {
                    throw new DataException(
                        $"Expected the same length of the axis \"{axis}\" in \"{column.Field.Name}\" as in \"{other.Field.Name}\" in row {row} (counted from 0), {other.LengthOf(row)}, " +
                        $"found {column.LengthOf(row)}.");
                }
            }
        }
    }

    /// <summary>The field of weights must hold one number of float32, at least 0.</summary>
    public static void Weights(Column column)
    {
        if (column is not DenseColumn<float> { Field.Shape.Rank: 0 } weights)
            throw new ArgumentException($"Expected weights of Float32 [], found {column.Field}.", nameof(column));
        ExampleCheck.Weights(weights.Content.Span);
    }
}
