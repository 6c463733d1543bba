using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Manifolds;

/// <summary>Examples that carry their own tangents in a field of their own, so that <see cref="Regularizers.TangentProp"/> can follow the tangents of each. Neither the model nor
/// its predictions know of the field, and examples to evaluate on need not have it.</summary>
public static class TangentData
{
    /// <summary>The examples with their tangents, float32 of shape [tangents, …] with the shape of the features behind.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="tangents">The tangents of these examples.</param>
    /// <param name="field">The name of the field; "tangents" by default.</param>
    /// <exception cref="ArgumentException">The tangents are of other examples.</exception>
    public static Dataset Attach(Dataset data, ManifoldTangents tangents, string field = "tangents")
    {
        int length = data.Layout.FeatureLength;
        return tangents.Examples == data.Count && tangents.Length == length
            ? data.With(Column.Of(field, tangents.Vectors.ToArray(), [tangents.Count, .. data.Layout.FeatureShape]))
            : throw new ArgumentException(
                $"Expected tangents of {data.Count} examples with {length} features, found those of {tangents.Examples} with {tangents.Length}.", nameof(tangents));
    }
}
