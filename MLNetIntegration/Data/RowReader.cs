using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.Modeling.Data;

namespace Toolkit.MLNetIntegration.Data;

/// <summary>Reads rows of ML.NET into a data set.</summary>
internal static class RowReader
{
    public static Dataset Read(IDataView rows, string label, IReadOnlyList<string> features)
    {
        if (features.Count == 0)
            throw new ArgumentException("Expected the names of columns of features, found none.", nameof(features));
        DataViewSchema.Column[] inputs = [.. features.Select(name => Find(rows.Schema, name))];
        int[] lengths = [.. inputs.Select(Length)];
        DataViewSchema.Column target = Find(rows.Schema, label);
        using DataViewRowCursor cursor = rows.GetRowCursor([.. inputs.Append(target).Distinct()]);
        Action<List<float>>[] read = [.. inputs.Select(input => Reader(cursor, input))];
        Func<double> readTarget = Target(cursor, target);
        List<float> numbers = [];
        List<double> targets = [];
        while (cursor.MoveNext())
        {
            Array.ForEach(read, r => r(numbers));
            targets.Add(readTarget());
        }

        if (targets.Count == 0)
            throw new DataException("Expected rows, found none.");
        int classes = target.Type is KeyDataViewType key ? (int)key.Count : target.Type is BooleanDataViewType ? 2 : 0;
        if (classes == 0)
        {
            int beyond = targets.FindIndex(number => double.IsFinite(number) && float.IsInfinity((float)number));
            return beyond < 0
                ? Dataset.FromTargets([.. numbers], [lengths.Sum()], [.. targets.Select(number => (float)number)], [])
                : throw new DataException(FormattableString.Invariant($"Expected a label within single precision, found {targets[beyond]} in row {beyond} (counted from 0) of the column \"{label}\"."));
        }

        int missing = targets.IndexOf(-1);
        if (missing >= 0)
            throw new DataException($"Expected a label in every row, found the missing key in row {missing} (counted from 0) of the column \"{label}\".");
        return Dataset.FromLabels([.. numbers], [lengths.Sum()], [.. targets.Select(number => (long)number)], classes, ClassLabels.Of(target)?.Names);
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name) => schema.GetColumnOrNull(name) ?? throw new ArgumentException(
        $"Expected a column \"{name}\", found {string.Join(", ", schema.Select(column => $"\"{column.Name}\""))}.", nameof(name));

    private static int Length(DataViewSchema.Column column) => column.Type switch
    {
        NumberDataViewType { RawType: var raw } when raw == typeof(float) => 1,
        VectorDataViewType { IsKnownSize: true, ItemType: NumberDataViewType { RawType: var raw }, Size: var size } when raw == typeof(float) => size,
        _ => throw new ArgumentException($"Expected Single, alone or in a vector of known length, in the column of features \"{column.Name}\", found {column.Type}."),
    };

    private static Action<List<float>> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
        {
            ValueGetter<VBuffer<float>> vector = row.GetGetter<VBuffer<float>>(column);
            var buffer = default(VBuffer<float>);
            return numbers =>
            {
                vector(ref buffer);
                numbers.AddRange(buffer.DenseValues());
            };
        }

        ValueGetter<float> single = row.GetGetter<float>(column);
        return numbers =>
        {
            float number = 0;
            single(ref number);
            numbers.Add(number);
        };
    }

    /// <summary>The label of the current row: its class, from 0, or −1 if it is missing; or its number.</summary>
    private static Func<double> Target(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        KeyDataViewType { Count: > 0 and <= int.MaxValue } key when key.RawType == typeof(uint) => Number<uint>(row, column, number => number - 1.0),
        KeyDataViewType { Count: > 0 and <= int.MaxValue } key when key.RawType == typeof(byte) => Number<byte>(row, column, number => number - 1.0),
        KeyDataViewType { Count: > 0 and <= int.MaxValue } key when key.RawType == typeof(ushort) => Number<ushort>(row, column, number => number - 1.0),
        KeyDataViewType { Count: > 0 and <= int.MaxValue } key when key.RawType == typeof(ulong) => Number<ulong>(row, column, number => number - 1.0),
        BooleanDataViewType => Number<bool>(row, column, truth => truth ? 1 : 0),
        NumberDataViewType { RawType: var raw } when raw == typeof(float) => Number<float>(row, column, number => number),
        NumberDataViewType { RawType: var raw } when raw == typeof(double) => Number<double>(row, column, number => number),
        _ => throw new ArgumentException($"Expected a key, Boolean, Single or Double in the label column \"{column.Name}\", found {column.Type}."),
    };

    private static Func<double> Number<T>(DataViewRow row, DataViewSchema.Column column, Func<T, double> convert)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            getter(ref value);
            return convert(value);
        };
    }
}
