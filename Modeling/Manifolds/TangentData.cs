using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Manifolds;

/// <summary>Examples that carry their own tangents, so that tangent prop can follow the tangents of each: row 0 of the features is the example, the rows below it
/// are its tangents. Train <c>new Sequential(new WithoutTangents(…), model)</c> on them with <c>new TangentProp(strength, TangentData.Of)</c>, and use the inner model
/// afterwards.</summary>
public static class TangentData
{
    /// <summary>The examples with their tangents below them: features of shape [1 + tangents, features]; labels and targets stay.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="tangents">The tangents of these examples.</param>
    /// <exception cref="ArgumentException">The tangents are of other examples.</exception>
    public static Dataset Attach(Dataset data, ManifoldTangents tangents)
    {
        int length = data.Layout.FeatureLength, rows = 1 + tangents.Count;
        if (tangents.Examples != data.Count || tangents.Length != length)
        {
            throw new ArgumentException(
                $"Expected tangents of {data.Count} examples with {length} features, found those of {tangents.Examples} with {tangents.Length}.", nameof(tangents));
        }

        var features = new float[data.Count * rows * length];
        for (int i = 0; i < data.Count; i++)
        {
            Span<float> own = features.AsSpan(i * rows * length, rows * length);
            data.Features.Span.Slice(i * length, length).CopyTo(own);
            tangents.Vectors.Span.Slice(i * tangents.Count * length, tangents.Count * length).CopyTo(own[length..]);
        }

        return data.WithFeatures(features, rows, length);
    }

    /// <summary>The tangents of such examples as directions of the whole input, of which only row 0 moves: what <see cref="Regularizers.TangentProp"/> asks for.</summary>
    /// <param name="input">The input, [batch, 1 + tangents, features].</param>
    /// <exception cref="ShapeException">The input does not have tangents.</exception>
    public static IReadOnlyList<Variable> Of(Variable input)
    {
        if (input.Shape.Rank != 3 || !input.Shape[1].IsStatic || input.Shape[1].Size < 2)
            throw new ShapeException($"{nameof(TangentData)} expects an input of shape [batch, 1 + tangents, features], found {input.Shape}.");
        int tangents = input.Shape[1].Size - 1;
        return [.. Enumerable.Range(1, tangents).Select(k => input.Slice(1, k, k + 1).Pad([0, 0, 0], [0, tangents, 0]))];
    }
}
