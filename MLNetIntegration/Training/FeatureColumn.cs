using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>A column of features: Single, alone or in a vector of known length.</summary>
internal sealed record FeatureColumn(DataViewSchema.Column Column, int Length)
{
    public static FeatureColumn Of(DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
        {
            throw new TrainingException($"Expected a feature column \"{name}\", found {string.Join(", ", schema.Select(c => $"\"{c.Name}\""))}.");
        }

        return column.Type switch
        {
            NumberDataViewType { RawType: var raw } when raw == typeof(float) => new FeatureColumn(column, 1),
            VectorDataViewType { IsKnownSize: true, ItemType.RawType: var raw } vector when raw == typeof(float) => new FeatureColumn(column, vector.Size),
            _ => throw new TrainingException(
                $"Expected the feature column \"{name}\" to be Single or a vector of Single of known length, found {column.Type}; convert it first, for "
                + "example with Transforms.Conversion.ConvertType, Categorical.OneHotEncoding or Text.FeaturizeText."),
        };
    }

    /// <summary>What copies the column of the cursor's row.</summary>
    public Reader Open(DataViewRow row)
    {
        if (Column.Type is not VectorDataViewType)
        {
            ValueGetter<float> one = row.GetGetter<float>(row.Schema[Column.Name]);
            return target =>
            {
                float value = 0;
                one(ref value);
                target[0] = value;
            };
        }

        ValueGetter<VBuffer<float>> many = row.GetGetter<VBuffer<float>>(row.Schema[Column.Name]);
        VBuffer<float> buffer = default;
        return target =>
        {
            many(ref buffer);
            buffer.CopyTo(target);
        };
    }

    public delegate void Reader(Span<float> target);
}
