using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A column of labels: a key or Boolean (classes), or Single or Double, alone or in a vector of known length (numbers).</summary>
/// <param name="Column">The column.</param>
/// <param name="Classes">The number of classes; 0 for numbers.</param>
/// <param name="Length">The numbers per row; 0 for classes.</param>
internal sealed record LabelColumn(DataViewSchema.Column Column, int Classes, int Length)
{
    /// <summary>Its name as a field of examples, and of the output of a network that learns it.</summary>
    public string Field { get; init; } = FeatureColumns.Target;

    /// <summary>The outputs that a network needs for it: a logit for each class, one for true and false, or a number for each number.</summary>
    public int Outputs => Column.Type is BooleanDataViewType ? 1 : Math.Max(Classes, Length);

    /// <summary>What stands where a label is missing, in words.</summary>
    public string Missing => Column.Type is KeyDataViewType
        ? "a missing key: a value that was not there when values were mapped to keys, one never seen in training"
        : "a number that is not finite in single precision";

    public static LabelColumn Of(DataViewSchema schema, string name, NetworkHead head)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
        {
            throw new TrainingException($"Expected a label column \"{name}\", found {string.Join(", ", schema.Select(c => $"\"{c.Name}\""))}.");
        }

        if (!head.Accepts(column.Type))
        {
            throw new TrainingException($"Expected the label column \"{name}\" to be {head.ExpectedLabel}, found {column.Type}.");
        }

        return column.Type switch
        {
            KeyDataViewType { Count: > 1 and < int.MaxValue } key => new LabelColumn(column, (int)key.Count, 0),
            KeyDataViewType key => throw new TrainingException(
                $"Expected the label column \"{name}\" to have at least two classes, found {key}; make keys with Transforms.Conversion.MapValueToKey."),
            BooleanDataViewType => new LabelColumn(column, 2, 0),
            VectorDataViewType vector => new LabelColumn(column, 0, vector.Size),
            _ => new LabelColumn(column, 0, 1),
        };
    }

    /// <summary>Whether a type is one that can be learned at all.</summary>
    public static bool IsNumber(DataViewType type) => type is NumberDataViewType { RawType: var raw } && (raw == typeof(float) || raw == typeof(double));

    /// <summary>What reads the label of the cursor's row: a class, from 0, into <see cref="LabelValue.Class"/>, or numbers into <see cref="LabelValue.Numbers"/>;
    /// false where it is missing.</summary>
    public Func<LabelValue, bool> Open(DataViewRow row)
    {
        DataViewSchema.Column column = row.Schema[Column.Name];
        switch (Column.Type)
        {
            case BooleanDataViewType:
                {
                    ValueGetter<bool> get = row.GetGetter<bool>(column);
                    return target =>
                    {
                        bool value = false;
                        get(ref value);
                        target.Class = value ? 1 : 0;
                        return true;
                    };
                }

            case KeyDataViewType key:
                return key.RawType == typeof(byte) ? Key<byte>(v => v)
                    : key.RawType == typeof(ushort) ? Key<ushort>(v => v)
                    : key.RawType == typeof(uint) ? Key<uint>(v => v) : Key<ulong>(v => v);
            case VectorDataViewType { ItemType.RawType: var item }:
                return item == typeof(float) ? Vector<float>(v => v) : Vector<double>(v => (float)v);
            default:
                return Column.Type.RawType == typeof(float) ? Number<float>(v => v) : Number<double>(v => (float)v);
        }

        Func<LabelValue, bool> Number<T>(Func<T, float> convert)
            where T : struct
        {
            ValueGetter<T> get = row.GetGetter<T>(column);
            return target =>
            {
                T value = default;
                get(ref value);
                target.Numbers[0] = convert(value);
                return float.IsFinite(target.Numbers[0]);
            };
        }

        Func<LabelValue, bool> Vector<T>(Func<T, float> convert)
        {
            ValueGetter<VBuffer<T>> get = row.GetGetter<VBuffer<T>>(column);
            VBuffer<T> buffer = default;
            var dense = new T[Length];
            return target =>
            {
                get(ref buffer);
                buffer.CopyTo(dense);
                for (int i = 0; i < dense.Length; i++)
                {
                    target.Numbers[i] = convert(dense[i]);
                }

                return target.Numbers.All(float.IsFinite);
            };
        }

        // A key counts from 1; 0 is a missing one.
        Func<LabelValue, bool> Key<T>(Func<T, ulong> convert)
            where T : struct
        {
            ValueGetter<T> get = row.GetGetter<T>(column);
            return target =>
            {
                T value = default;
                get(ref value);
                ulong number = convert(value);
                target.Class = (int)Math.Min(number, int.MaxValue) - 1;
                return number > 0 && number <= (ulong)Classes;
            };
        }
    }
}
