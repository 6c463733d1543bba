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
            ExampleCheck.Finite<float>(MemoryMarshal.Cast<T, float>(values), columns, what, firstRow);
        }
        else if (typeof(T) == typeof(double))
        {
            ExampleCheck.Finite<double>(MemoryMarshal.Cast<T, double>(values), columns, what, firstRow);
        }
        else if (typeof(T) == typeof(Half))
        {
            ExampleCheck.Finite<Half>(MemoryMarshal.Cast<T, Half>(values), columns, what, firstRow);
        }
        else if (typeof(T) == typeof(BFloat16))
        {
            ExampleCheck.Finite<float>([.. MemoryMarshal.Cast<T, BFloat16>(values).ToArray().Select(number => number.ToSingle())], columns, what, firstRow);
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

    /// <summary>If examples have weights, one of them must be above 0.</summary>
    public static void SomeWeight(IReadOnlyList<Column> columns)
    {
        if (columns.FirstOrDefault(column => column.Field.Name == DataLayout.Weight) is not { } weights)
            return;
        for (int row = 0; row < weights.Count; row++)
        {
            if (MemoryMarshal.Read<float>(weights.Row(row)) > 0f)
                return;
        }

        throw new DataException($"Expected a weight above 0, found zeros for all {weights.Count} examples.");
    }

    /// <summary>The fields of one example of a stream must be those of the layout.</summary>
    public static void Example(ReadOnlySpan<(string Name, Value Value)> fields, DataLayout layout, long row)
    {
        string[] names = [.. layout.Fields.Select(field => field.Name)];
        if (fields.Length != names.Length)
            throw new DataException($"Example {row} of the stream (counted from 0) has {fields.Length} fields; expected those of {layout}.");
        var lengths = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string name, Value value) in fields)
        {
            if (layout.Find(name) is not { } field || !names.Contains(name))
                throw new DataException($"Example {row} of the stream (counted from 0) has a field \"{name}\" more often than {layout}.");
            names[Array.IndexOf(names, name)] = "";
            bool fits = value.DType == field.Type && value.Sizes.Length == field.Shape.Rank;
            for (int axis = 0; fits && axis < field.Shape.Rank; axis++)
                fits = !field.Shape[axis].IsStatic || field.Shape[axis] == value.Sizes[axis];
            if (!fits)
                throw new DataException($"Example {row} of the stream (counted from 0) has the field \"{name}\" as {value.DType} {Shapes.Text(value.Sizes)}; expected {field}.");
            if (field.Axis is { } ragged && !lengths.TryAdd(ragged, value.Sizes[0]) && lengths[ragged] != value.Sizes[0])
                throw new DataException($"Example {row} of the stream (counted from 0) has {lengths[ragged]} and {value.Sizes[0]} steps along \"{ragged}\"; expected as many in all fields.");
            Content(field, value, row);
        }
    }

    private static void Content(Field field, Value value, long row)
    {
        if (field.Classes > 0)
        {
            foreach (ref readonly long label in value.Span<long>())
                ExampleCheck.Labels(new ReadOnlySpan<long>(in label), field.Classes, row);
        }
        else if (field.Type == DType.Float32)
        {
            Finite<float>(value.Span<float>(), Math.Max(value.Count, 1), $"numbers of \"{field.Name}\"", row);
        }
        else if (field.Type == DType.Float64)
        {
            Finite<double>(value.Span<double>(), Math.Max(value.Count, 1), $"numbers of \"{field.Name}\"", row);
        }
        else if (field.Type == DType.Float16)
        {
            Finite<Half>(value.Span<Half>(), Math.Max(value.Count, 1), $"numbers of \"{field.Name}\"", row);
        }
        else if (field.Type == DType.BFloat16)
        {
            Finite<BFloat16>(value.Span<BFloat16>(), Math.Max(value.Count, 1), $"numbers of \"{field.Name}\"", row);
        }

        if (field.Name == DataLayout.Weight)
            ExampleCheck.Weights(value.Span<float>());
    }

    /// <summary>The field of weights must hold one number of float32, at least 0.</summary>
    public static void Weights(Column column)
    {
        if (column is not DenseColumn<float> { Field.Shape.Rank: 0 } weights)
            throw new ArgumentException($"Expected weights of Float32 [], found {column.Field}.", nameof(column));
        ExampleCheck.Weights(weights.Content.Span);
    }
}
